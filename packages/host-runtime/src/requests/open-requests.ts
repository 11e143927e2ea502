import type { ClientRpc } from './client-rpc.js';

/** The requests whose answer is still owed. Each knows its place, so that adding and removing cost no look-up. */
export class OpenRequests {
  private readonly requests: ClientRpc[] = [];

  get size(): number {
    return this.requests.length;
  }

  add(request: ClientRpc): void {
    request.place = this.requests.push(request) - 1;
  }

  /** The request must be among them. The last one takes its place. */
  delete(request: ClientRpc): void {
    const last = this.requests.pop()!;
    if (last === request) return;
    this.requests[request.place] = last;
    last.place = request.place;
  }

  /** All of them as they are now, in no particular order; what is done meanwhile does not show. */
  all(): ClientRpc[] {
    return [...this.requests];
  }
}
