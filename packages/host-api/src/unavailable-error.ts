/**
 * Registry, accounts or events cannot be read or changed at this moment: their database is away, or has more to do than
 * it can. Nothing is wrong with what was asked; it may be asked again soon. What stores reject with, so that whoever
 * asked can tell this from a fault.
 */
export class UnavailableError extends Error {
  override readonly name: string = 'UnavailableError';
}
