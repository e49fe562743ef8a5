// `danmux push`: publishes one message to a room through a running api, as a backend does.
import { ConfigError, parseJson } from '@danmux/runtime';
import type { Command } from 'commander';
import { askApi } from './admin-client.ts';
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
    .argument('<data>', 'JSON, or plain text, which becomes {"text": …}; text that begins with {, [ or " must be JSON')
    .option('--url <url>', 'address of the api (default: its address in the config)')
    .option('--from <user>', 'user id of the sender')
    .option('--name <name>', 'name of the sender')
    .option('--id <id>', 'message id; two messages with one id are delivered once')
    .action(async (room: string, type: string, data: string, options: PushOptions, command: Command) => {
      const { config } = loadForCommand(command);
      const from = options.from === undefined ? {} : { from: { id: options.from, ...(options.name === undefined ? {} : { name: options.name }) } };
      const body = { type, data: parseData(data), ...from, ...(options.id === undefined ? {} : { id: options.id }) };
      const answer = await askApi(config, 'POST', `/v1/rooms/${encodeURIComponent(room)}/messages`, { url: options.url, body });
      process.stdout.write(`${answer}\n`);
    });
}

function parseData(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    // Text that looks like invalid JSON is refused. If it were sent as {"text": …}, a page could not show a gift with such data.
    if (/^\s*[[{"]/.test(text))
      throw new ConfigError(`push: the data begins like JSON and is not valid JSON: ${(error as Error).message}. Correct it, or quote it for the shell.`);
    return { text };
  }
}
