import type { AccountStore, SigningKey } from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';

/** A key that was removed verifies nothing after this long, ms. */
const KEEP_MS = 30_000;
/** Tokens may name keys that nobody has: the store is asked for them this rarely, ms. */
const ASK_AGAIN_MS = 1_000;

/** The keys of the account store, kept for a while. A key that another node added is found when a token names it. */
export class SigningKeys {
  private loaded: Promise<ReadonlyMap<string, SigningKey>> | undefined;
  private loadedAt = -Infinity;

  constructor(
    private readonly accounts: AccountStore,
    private readonly clock: Clock,
  ) {}

  /** The youngest one. */
  async forSigning(): Promise<SigningKey> {
    const [key] = (await this.load(KEEP_MS)).values();
    if (key === undefined) throw new Error('The account store has no signing key');
    return key;
  }

  async find(keyId: string): Promise<SigningKey | undefined> {
    const key = (await this.load(KEEP_MS)).get(keyId);
    return key ?? (await this.load(ASK_AGAIN_MS)).get(keyId);
  }

  private load(maxAgeMs: number): Promise<ReadonlyMap<string, SigningKey>> {
    const now = this.clock.now();
    if (this.loaded === undefined || now - this.loadedAt >= maxAgeMs) {
      this.loadedAt = now;
      const loading = this.read();
      this.loaded = loading;
      // A store that failed is asked again by the next one; whoever waits for this one hears of it.
      loading.catch(() => {
        if (this.loaded === loading) this.loaded = undefined;
      });
    }
    return this.loaded;
  }

  private async read(): Promise<ReadonlyMap<string, SigningKey>> {
    return new Map((await this.accounts.signingKeys()).map((key) => [key.id, key]));
  }
}
