import mqtt from 'mqtt';

const SERVER = process.env.MQTT_URL || 'mqtt://127.0.0.1';

/** Return codes of MQTT 3.1.1 and reason codes of MQTT 5 for "this user name is not welcome". */
const REFUSED_TOKEN = [4, 5, 0x86, 0x87];

/** Connects as the device whose access token is in TOKEN. Every failure ends the script and says what to do. */
export function connect() {
  const token = process.env.TOKEN;
  if (!token)
    return fail('TOKEN is not set. Set it to the access token of a device: TOKEN=A1_TEST_TOKEN node <script>');

  const client = mqtt.connect(SERVER, {
    username: token,
    reconnectPeriod: 0,
  });

  client.on('error', function (error) {
    /** @type {unknown} a number from the server, a name from the system */
    const code = 'code' in error ? error.code : undefined;
    if (typeof code === 'number' && REFUSED_TOKEN.includes(code)) fail('The server knows no device with this TOKEN.');
    else if (code === 'ECONNREFUSED') fail('No server listens at ' + SERVER + '. Start it, or set MQTT_URL.');
    else fail('The connection to ' + SERVER + ' failed: ' + error.message);
  });

  client.on('close', function () {
    if (!client.disconnecting) fail('The server closed the connection.');
  });

  return client;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
