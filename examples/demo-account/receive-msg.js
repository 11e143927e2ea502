import { connect } from './connect.js';

const client = connect();

client.on('connect', function () {
  console.log('connected');
  client.subscribe('v1/devices/me/rpc/request/+', function (error) {
    if (!error) console.log('listening; press Ctrl+C to stop');
  });
});

client.on('message', function (topic, message) {
  console.log('request.topic: ' + topic);
  console.log('request.body: ' + message.toString());
  const requestId = topic.slice('v1/devices/me/rpc/request/'.length);
  const body = JSON.stringify({ status: 'ok' });
  client.publish('v1/devices/me/rpc/response/' + requestId, body);
  console.log('response.body: ' + body);
});
