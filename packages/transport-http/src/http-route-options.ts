/** Options of the routes, one set for each listener that they are registered with. */
export interface HttpRouteOptions {
  /**
   * The tenant whose devices the listener's certificate authority vouches for: a client certificate that chains to it
   * may name one by its subject's CN. Absent: certificates are known by their digest alone.
   */
  readonly authorityTenantId?: string;
}
