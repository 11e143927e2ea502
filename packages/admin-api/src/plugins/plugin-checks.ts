import type {
  ConfigurationProblem,
  CustomerSettings,
  PluginDefinition,
  RegistryAdmin,
} from '@device-messaging/host-api';
import type { AdminHost } from '../admin-api-options.js';
import { invalidAll, type RequestProblem } from '../problem/problem.js';

type Overrides = ReadonlyMap<string, CustomerSettings>;
type Checked = Pick<PluginDefinition, 'clazz' | 'configuration'>;

/** Holds plugins and their customers' overrides against the plugin type, before they are stored. */
export class PluginChecks {
  constructor(
    private readonly host: Pick<AdminHost, 'checkPlugin'>,
    private readonly registry: Pick<RegistryAdmin, 'findCustomer'>,
  ) {}

  /**
   * Of a plugin that is made or changed.
   * @throws Problem 400 naming the settings, or the customers whose overrides would not fit any more
   */
  async assertPlugin(plugin: Checked, overrides: Overrides = new Map()): Promise<void> {
    const problems = this.host.checkPlugin(plugin, overrides);
    if (problems.length === 0) return;
    throw invalidAll(await Promise.all(problems.map((problem) => this.ofBase(problem, overrides))));
  }

  /** Of overrides for a plugin whose own configuration is valid: paths begin at `customers`. */
  async assertOverrides(plugin: Checked, overrides: Overrides): Promise<void> {
    const problems = this.host.checkPlugin(plugin, overrides);
    if (problems.length === 0) return;
    throw invalidAll(await Promise.all(problems.map((problem) => this.ofOverride(problem, overrides))));
  }

  private async ofBase({ path, message }: ConfigurationProblem, overrides: Overrides): Promise<RequestProblem> {
    if (path === 'clazz') return { path: 'type', message };
    const [customerId, member] = customerOf(path, overrides);
    if (customerId === undefined) return { path, message };
    const who = await this.nameOf(customerId);
    return { path: 'configuration', message: `makes the settings of ${who} invalid: ${member}: ${message}` };
  }

  private async ofOverride({ path, message }: ConfigurationProblem, overrides: Overrides): Promise<RequestProblem> {
    const [customerId, member] = customerOf(path, overrides);
    if (customerId === undefined) return { path, message: `${message} (in the plugin itself)` };
    const place = [`customers.${customerId}.configuration`, member].filter((part) => part !== '').join('.');
    return { path: place, message: `${message} (${await this.nameOf(customerId)})` };
  }

  private async nameOf(customerId: string): Promise<string> {
    const customer = await this.registry.findCustomer(customerId);
    return `customer ${customer === undefined ? customerId : `"${customer.title}"`}`;
  }
}

/** Paths of overrides begin with the customer's id. */
function customerOf(path: string, overrides: Overrides): readonly [string | undefined, string] {
  const [head = '', ...rest] = path.split('.');
  return overrides.has(head) ? [head, rest.join('.')] : [undefined, path];
}
