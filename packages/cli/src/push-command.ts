// `danmux push`: sends one message to a room through a running api, as a backend would.
import { randomUUID } from 'node:crypto';
import { ConfigError } from '@danmux/runtime';
import type { Command } from 'commander';
import { loadForCommand } from './load-for-command.ts';

interface PushOptions {
  readonly url?: string;
  readonly from?: string;
  readonly name?: string;
  readonly id?: string;
}

export function addPushCommand(program: Command): void {
  program
    .command('push')
    .description('send a message to a room')
    .argument('<room>', 'room name')
    .argument('<type>', 'message type, such as gift, chat or notice')
    .argument('<data>', 'JSON, or plain text, which becomes {"text": …}')
    .option('--url <url>', 'of the api (default: where the config says it listens)')
    .option('--from <user>', 'user id it comes from')
    .option('--name <name>', 'name of that user')
    .option('--id <id>', 'message id; the same one twice is one message')
    .action(async (room: string, type: string, data: string, options: PushOptions, command: Command) => {
      const { config } = loadForCommand(command);
      if (!config.api.key) throw new ConfigError('api.key is needed to push: give DANMUX_API_KEY.');
      const url = `${options.url ?? `http://${config.public_host || config.host}:${config.api.port}`}/v1/rooms/${encodeURIComponent(room)}/messages`;
      const from = options.from === undefined ? {} : { from: { id: options.from, ...(options.name === undefined ? {} : { name: options.name }) } };
      const body = { type, data: parseData(data), ...from, ...(options.id === undefined ? {} : { id: options.id }) };
      process.stdout.write(`${await post(url, config.api.key, body)}\n`);
    });
}

async function post(url: string, key: string, body: object): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
    throw new ConfigError(`the api does not answer at ${new URL(url).origin}: is it running? (danmux start)`, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw new ConfigError(`the api refused with ${response.status}: ${text}`);
  return text;
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: what a person typed.
    return { text };
  }
}
