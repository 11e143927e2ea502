import { connect } from './connect.js';

const requestId = 1;
const request = {
  method: 'sendMsg',
  params: {
    deviceId: 'aa435e80-9fce-11e6-8080-808080808080', // Test Device A2
    timeout: 2000,
    oneway: false,
    body: {
      param1: 'value1',
    },
  },
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
