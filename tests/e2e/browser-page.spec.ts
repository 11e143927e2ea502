import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { A2 } from './demo-account.js';
import { MqttDevice } from './mqtt-device.js';
import { describeWithPrograms, pathOf } from './programs-installed.js';
import { ServerProcess } from './server-process.js';

/** A browser takes its time on a machine that is busy with other tests. */
jest.setTimeout(60_000);

const PAGE = new URL('../../examples/demo-account/device.html', import.meta.url);

describe('the page of the demo account', () => {
  const html = readFileSync(PAGE, 'utf8');

  test('loads nothing but MQTT.js, which is there', () => {
    const loaded = [...html.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(loaded).toHaveLength(1);
    expect(existsSync(fileURLToPath(new URL(loaded[0]!, PAGE)))).toBe(true);
  });
});

describeWithPrograms(['chromium'], 'the page of the demo account, in a browser', () => {
  let server: ServerProcess;
  let browser: Browser;
  let pages: Page[] = [];
  let errors: string[];

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      ServerProcess.start(),
      chromium.launch({ executablePath: pathOf('chromium')!, args: ['--no-sandbox'] }),
    ]);
  });

  beforeEach(() => {
    errors = [];
  });

  afterEach(async () => {
    for (const page of pages) await page.close();
    pages = [];
    expect(errors).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    await server.kill();
  });

  async function open(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const page = await browser.newPage({ colorScheme });
    pages.push(page);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(PAGE.href);
    return page;
  }

  async function connect(token: string, url = `ws://127.0.0.1:${server.httpPort}/mqtt`): Promise<Page> {
    const page = await open();
    await page.getByLabel('Server').fill(url);
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    return page;
  }

  const target = (page: Page) => page.getByRole('combobox', { name: 'To', exact: true });
  const answer = (page: Page) => page.getByLabel('Answer');

  test('two pages call each other; the second replies with what is typed there', async () => {
    const [a1, a2] = [await connect('A1_TEST_TOKEN'), await connect('A2_TEST_TOKEN')];
    await a2.getByRole('status').getByText('Connected', { exact: true }).waitFor();
    await target(a1).selectOption({ label: 'Test Device A2' });
    await a1.getByLabel('Body, JSON').fill('{"exactly": 1.10}');
    await a1.getByRole('button', { name: 'Send' }).click();
    await a2.getByRole('article').getByText('{"method":"onMsg","params":{"exactly": 1.10}}').waitFor();
    await a2.getByLabel(/^Reply to call \d+$/).fill('{"reply": 1.10}');
    await a2.getByRole('button', { name: 'Reply' }).click();
    await answer(a1).getByText('{"reply": 1.10}', { exact: true }).waitFor();
    expect(await a2.getByRole('button', { name: 'Replied' }).isDisabled()).toBe(true);
    expect(await a1.getByRole('log').textContent()).toContain('← {"reply": 1.10}');
  });

  test('replies at once when told to, lists again, and shows errors as they come', async () => {
    const a1 = await connect('A1_TEST_TOKEN');
    await a1.getByLabel('Reply at once').check();
    await a1.getByLabel('Reply, JSON').fill('"at once"');
    await a1.getByRole('status').getByText('Connected', { exact: true }).waitFor();
    const a2 = await MqttDevice.connect(server.mqttPort, A2.token);
    expect(await a2.sendMsg('ce06a480-9fce-11e6-8080-808080808080', 1)).toBe('"at once"');
    await a2.leave();
    await a1.getByRole('button', { name: 'List devices' }).click();
    await target(a1).selectOption({ label: 'Test Device A3' });
    await a1.getByLabel('Timeout, ms').fill('100');
    await a1.getByRole('button', { name: 'Send' }).click();
    await answer(a1).getByText('{"error":"No active connection to the remote device!"}').waitFor();
    await a1.getByLabel('Body, JSON').fill('hello');
    await a1.getByRole('button', { name: 'Send' }).click();
    await answer(a1).getByText('The body is not JSON.').waitFor();
  });

  test('says that the token is wrong, that there is no server, and that it was disconnected', async () => {
    const wrong = await connect('NOBODY');
    await wrong.getByRole('status').getByText('No device has this token').waitFor();
    const alone = await connect('A1_TEST_TOKEN', 'ws://127.0.0.1:1/mqtt');
    await alone.getByRole('status').getByText('No server is reached at ws://127.0.0.1:1/mqtt').waitFor();
    const a1 = await connect('A1_TEST_TOKEN');
    await a1.getByRole('button', { name: 'Disconnect' }).click();
    await a1.getByRole('status').getByText('Not connected').waitFor();
    expect(await a1.getByLabel('Server').isEnabled()).toBe(true);
  });

  test.each(['light', 'dark'] as const)(
    'can be read in a %s scheme: contrast 4.5 to 1 (WCAG 1.4.3)',
    async (scheme) => {
      const page = await open(scheme);
      const colors = await Promise.all(COLOURS.map((name) => page.evaluate<string>(valueOf(name))));
      const colourOf = (name: (typeof COLOURS)[number]): string => colors[COLOURS.indexOf(name)]!;
      for (const [text, ground] of [
        ['--ink', '--card'],
        ['--ink', '--paper'],
        ['--quiet', '--card'],
        ['--accent', '--card'],
        ['--on-accent', '--accent'],
        ['--good', '--paper'],
        ['--bad', '--paper'],
      ] as const)
        expect([text, ground, contrast(colourOf(text), colourOf(ground)) >= 4.5]).toEqual([text, ground, true]);
    },
  );

  test('every field has a label', async () => {
    const page = await open();
    const unlabelled = await page.evaluate<string[]>(UNLABELLED);
    expect(unlabelled).toEqual([]);
  });
});

const COLOURS = ['--paper', '--card', '--ink', '--quiet', '--accent', '--on-accent', '--good', '--bad'] as const;

/** Text, not functions: this program knows no DOM. */
const UNLABELLED = `[...document.querySelectorAll('input, select, textarea')]
  .filter(({ labels }) => labels.length !== 1)
  .map(({ id }) => id)`;

function valueOf(name: string): string {
  return `getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`;
}

/** Of two colours `#rrggbb` (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
