import { describe, expect, it } from '@jest/globals';
import { StartError } from '../start-error.js';
import { readSettings } from './read-settings.js';

const TENANT = 'cba44a80-9fce-11e6-8080-808080808080';

function linesOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings({ environment, demo: false });
  } catch (error) {
    if (error instanceof StartError) return error.lines;
    throw error;
  }
  return [];
}

describe('settings of TLS', () => {
  it.each([
    [{ TLS_CERT_FILE: 'c' }, ['tls.certFile (TLS_CERT_FILE): is set, so TLS_KEY_FILE (keyFile) must be set, too']],
    [{ TLS_KEY_FILE: 'k' }, ['tls.keyFile (TLS_KEY_FILE): is set, so TLS_CERT_FILE (certFile) must be set, too']],
    [
      { TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k', TLS_CLIENT_CA_FILE: 'a' },
      ['tls.clientCaFile (TLS_CLIENT_CA_FILE): is set, so TLS_CLIENT_CA_TENANT_ID (clientCaTenantId) must be set, too'],
    ],
    [
      { TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k', TLS_CLIENT_CA_TENANT_ID: TENANT },
      ['tls.clientCaTenantId (TLS_CLIENT_CA_TENANT_ID): is set, so TLS_CLIENT_CA_FILE (clientCaFile) must be set, too'],
    ],
    [
      { TLS_CLIENT_CA_FILE: 'a', TLS_CLIENT_CA_TENANT_ID: TENANT },
      ['tls.clientCaFile (TLS_CLIENT_CA_FILE): is set, so TLS_CERT_FILE (certFile) must be set, too'],
    ],
    [
      { TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k', TLS_CLIENT_CA_FILE: 'a', TLS_CLIENT_CA_TENANT_ID: 'Tenant' },
      ['tls.clientCaTenantId (TLS_CLIENT_CA_TENANT_ID): must be a UUID, got "Tenant"'],
    ],
    [{ TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k', TLS_CLIENT_CA_FILE: 'a', TLS_CLIENT_CA_TENANT_ID: TENANT }, []],
  ])('NET-17: %j', (environment, lines) => {
    expect(linesOf(environment)).toEqual(lines);
  });
});
