/** `ok` once every listener accepts; what a load balancer should know before and after that. */
export class Readiness {
  private current: 'starting' | 'ok' | 'stopping' = 'starting';

  get state(): 'starting' | 'ok' | 'stopping' {
    return this.current;
  }

  becomeReady(): void {
    this.current = 'ok';
  }

  leave(): void {
    this.current = 'stopping';
  }
}
