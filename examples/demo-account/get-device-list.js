import { connect } from './connect.js';

const requestId = 1;
const request = {
  method: 'getDevices',
  params: {},
};

const client = connect();

client.on('connect', function () {
  console.log('connected');
  client.subscribe('v1/devices/me/rpc/response/+');
  const body = JSON.stringify(request);
  client.publish('v1/devices/me/rpc/request/' + requestId, body);
  console.log('request.body: ' + body);
});

client.on('message', function (topic, message) {
  console.log('response.topic: ' + topic);
  console.log('response.body: ' + message.toString());
  client.end();
});
