// Aedes, the MQTT broker for Node.js, as its documentation sets it up: nothing persisted, all defaults.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { serve } from './serve.mjs';

const broker = await Aedes.createBroker();
serve(createServer({ noDelay: true }, broker.handle));
