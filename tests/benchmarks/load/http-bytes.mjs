// The few HTTP requests that the load consists of, built once before the measurement.

/** @param {string} path @param {string} body */
export function postRequest(path, body) {
  const headers = `Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
}

/** @param {string} path */
export function getRequest(path) {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
}
