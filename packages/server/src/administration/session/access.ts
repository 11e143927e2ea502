/** Where the access tokens of a command come from. */
export interface Access {
  /** Who is logged in, and where, for people: `sysadmin at http://127.0.0.1:8080`. */
  readonly username: string;
  /** An access token that is valid for a while yet. */
  token(): Promise<string>;
  /**
   * The next one, after the server refused this one. Commands that run at the same moment and come with the same
   * token get the same next one.
   */
  renew(refused: string): Promise<string>;
  /** The command is done. */
  close(): Promise<void>;
}
