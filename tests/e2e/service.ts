import { afterAll, beforeAll } from '@jest/globals';
import { AdminClient } from './admin-client.js';
import { START_TIMEOUT_MS, type Databases } from './databases.js';
import { ServerProcess } from './server-process.js';
import { Tenant } from './tenant.js';

/** A server without the demo account, with its system administrator: what an operator has after the first start. */
export class Service {
  private static readonly processes: ServerProcess[] = [];
  private running: ServerProcess;
  private administrator: AdminClient;
  private tenants = 0;

  private constructor(
    server: ServerProcess,
    administrator: AdminClient,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    this.running = server;
    this.administrator = administrator;
  }

  /** @param environment names an empty database that outlives the process */
  static async start(environment: Readonly<Record<string, string>>): Promise<Service> {
    const server = await Service.launch(environment);
    const [, username = '', password = ''] =
      /The system administrator (\S+) was made, with the password (\S+)/.exec(server.stdout) ?? [];
    return new Service(server, await AdminClient.login(server.httpUrl, username, password), environment);
  }

  get server(): ServerProcess {
    return this.running;
  }

  get sysadmin(): AdminClient {
    return this.administrator;
  }

  /** A tenant with two customers, four devices and the messaging plugin. */
  tenant(): Promise<Tenant> {
    return Tenant.create(this.server, this.sysadmin, `tenant${++this.tenants}`);
  }

  /** Ends the process as a power failure would. */
  async crash(): Promise<void> {
    await this.running.kill();
  }

  /** Starts it again with what is in its database. */
  async startAgain(): Promise<void> {
    this.running = await Service.launch(this.environment);
    this.administrator = this.administrator.at(this.running.httpUrl);
  }

  /** Ends all that was started in this file, also when a start failed half-way. */
  static async stopAll(): Promise<void> {
    for (const server of Service.processes.splice(0)) await server.kill();
  }

  private static async launch(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const server = await ServerProcess.start({ args: [], environment });
    Service.processes.push(server);
    return server;
  }
}

/** A service for the tests of the surrounding `describe`: there before the first of them, gone after the last. */
export function useService(databases: Databases): () => Service {
  let service: Service;
  beforeAll(async () => {
    await databases.start();
    service = await Service.start(await databases.create());
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await Service.stopAll();
    await databases.stop();
  });
  return () => service;
}
