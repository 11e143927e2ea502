// `npm start`: the server with the demo account, from a fresh clone on. Arguments after `--` go to the server.
//
// In package.json `exec` puts this process in the place of npm's shell: npm passes a signal that it gets to its shell
// alone, and there it would end. Where the shell knows no `exec` (cmd.exe), run this file with node.
import { prepare } from './prepare.mjs';

const code = await prepare();
if (code === 0) {
  // The server runs in this very process, so that a signal reaches it directly and its exit code is ours.
  process.argv.splice(2, 0, 'start', '--demo');
  await import(new URL('../packages/server/bin/device-messaging.js', import.meta.url).href);
} else {
  process.exitCode = code;
}
