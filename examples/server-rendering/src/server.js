// A page rendered by a server, which takes the viewer's token from the api and puts it into the page. Import '@danmux/sdk-elements' in the browser's
// code only; on a server it registers nothing, so shared code that imports it does no harm. Next.js: put the elements into a file with 'use client'.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const api = process.env.DANMUX_API ?? 'http://127.0.0.1:7800';
const template = readFileSync(process.env.PAGE ?? new URL('../dist/index.html', import.meta.url), 'utf8');

/** A viewer token of the signed-in user. The API key stays on the server. */
async function tokenOf(user) {
  const headers = { authorization: `Bearer ${process.env.DANMUX_API_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(`${api}/v1/tokens`, { method: 'POST', headers, body: JSON.stringify({ sub: user.id, name: user.name }) });
  if (!answer.ok) throw new Error(`the api refused a token with ${answer.status}`);
  return (await answer.json()).token;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The elements are plain tags until the script of the page registers them. */
export async function render(room, user) {
  const link = `url="${escaped(process.env.DANMUX_EDGE ?? 'http://127.0.0.1:7700')}" room="${escaped(room)}" token="${escaped(await tokenOf(user))}"`;
  return template.replace(
    '<!--room-->',
    `<danmux-overlay ${link}><video src="/live.mp4" autoplay muted></video></danmux-overlay><danmux-chat ${link}></danmux-chat>`,
  );
}

if (process.argv[2] === 'serve') {
  createServer(async (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(await render('live:1001', { id: 'u42', name: '小明' }));
  }).listen(8080, () => console.log('http://127.0.0.1:8080'));
}
