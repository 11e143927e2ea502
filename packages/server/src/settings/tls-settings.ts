import { IsSetTogetherWith, IsText, IsUuidOrEmpty } from './value-rules.js';

/** TLS for MQTT and HTTP. Nothing is set: none. Every file is PEM, and read again when it changes. */
export class TlsSettings {
  /** The server's certificate, with those of the authorities between it and the root behind it. */
  @IsText()
  @IsSetTogetherWith({ keyFile: 'TLS_KEY_FILE' })
  certFile = '';

  /** The certificate's private key, not encrypted. */
  @IsText()
  @IsSetTogetherWith({ certFile: 'TLS_CERT_FILE' })
  keyFile = '';

  /** Certificates of authorities that vouch for the names of devices. Needs TLS and a tenant. */
  @IsText()
  @IsSetTogetherWith({ clientCaTenantId: 'TLS_CLIENT_CA_TENANT_ID', certFile: 'TLS_CERT_FILE' })
  clientCaFile = '';

  /** The tenant whose devices those authorities vouch for. */
  @IsUuidOrEmpty()
  @IsSetTogetherWith({ clientCaFile: 'TLS_CLIENT_CA_FILE' })
  clientCaTenantId = '';
}
