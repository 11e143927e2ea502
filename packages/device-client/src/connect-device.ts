import type { ConnectOptions } from './connect-options.js';
import type { DeviceClient } from './device-client.js';

/**
 * Connects a device to a server.
 * @param url `mqtt:`, `mqtts:`, `ws:`, `wss:` (path `/mqtt` unless it has one), `http:`, `https:` or `coap:`. Over HTTP
 *   and CoAP nothing is sent yet: the first request finds out whether there is a server and whether it knows the token.
 * @param token the device's access token; empty where a client certificate stands in for it
 * @throws TypeError when the URL is none of these; DeviceClientError when there is no connection
 */
export async function connectDevice(
  url: string | URL,
  token: string,
  options: ConnectOptions = {},
): Promise<DeviceClient> {
  if (!URL.canParse(String(url))) throw new TypeError('It is no URL. One is mqtt://127.0.0.1');
  const target = new URL(url);
  if (target.username !== '' || target.password !== '')
    throw new TypeError('The URL names a user. The access token is given beside it: URLs end up in logs.');
  switch (target.protocol) {
    case 'mqtt:':
    case 'mqtts:':
    case 'ws:':
    case 'wss:': {
      // Each protocol is loaded when it is wanted: MQTT.js alone takes longer to load than most scripts take to run.
      const { MqttDeviceClient } = await import('./mqtt/mqtt-device-client.js');
      return MqttDeviceClient.connect(target, token, options);
    }
    case 'http:':
    case 'https:': {
      const { HttpDeviceClient } = await import('./http/http-device-client.js');
      return new HttpDeviceClient(target, token, options);
    }
    case 'coap:': {
      const { CoapDeviceClient } = await import('./coap/coap-device-client.js');
      return CoapDeviceClient.connect(target, token, options);
    }
    default:
      throw new TypeError(
        `${target.protocol}// is not known here. Known: mqtt://, mqtts://, ws://, wss://, http://, https://, coap://`,
      );
  }
}
