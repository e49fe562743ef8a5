// Chooses among the permessage-deflate offers of a client (RFC 7692). The answer holds only parameters that the client offered, because
// some clients (Netty) end the connection if the answer has any other parameter. An invalid offer is skipped, as if the client had not made it.

/** Parameters of an answer, by name; `true` for those without a value. */
export type DeflateParams = Readonly<Record<string, number | true>>;

const extensionName = 'permessage-deflate';
const flags = ['server_no_context_takeover', 'client_no_context_takeover'];
const windows = ['server_max_window_bits', 'client_max_window_bits'];
const windowBits = /^(?:[89]|1[0-5])$/;
/** One element of a comma-separated list; commas inside quotes belong to the element. */
const elements = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;

/** The parameters to answer with; undefined when the header has no offer that can be accepted. */
export function chooseOffer(header: string): DeflateParams | undefined {
  for (const [offer] of header.matchAll(elements)) {
    const params = paramsOf(offer);
    if (params) return answerTo(params);
  }
  return undefined;
}

/** The value of `Sec-WebSocket-Extensions` for these parameters. */
export function deflateHeader(params: DeflateParams): string {
  return [extensionName, ...Object.entries(params).map(([name, value]) => (value === true ? name : `${name}=${value}`))].join('; ');
}

/** The offered parameters, or undefined when the offer is of another extension or has an unknown, repeated or invalid parameter. */
function paramsOf(offer: string): DeflateParams | undefined {
  const [name, ...texts] = offer.split(';').map((part) => part.trim());
  if (name !== extensionName) return undefined;
  const params: Record<string, number | true> = {};
  for (const text of texts) {
    const [key = '', value] = text.split('=').map((part) => part.trim());
    const read = paramValue(key, value?.replace(/^"(.*)"$/, '$1'));
    if (read === undefined || Object.hasOwn(params, key)) return undefined;
    params[key] = read;
  }
  return params;
}

function paramValue(name: string, value: string | undefined): number | true | undefined {
  if (flags.includes(name)) return value === undefined ? true : undefined;
  if (!windows.includes(name)) return undefined;
  if (value === undefined) return name === 'client_max_window_bits' ? true : undefined;
  return windowBits.test(value) ? Number(value) : undefined;
}

/**
 * The offered parameters without `client_max_window_bits`. A server may omit this parameter, and Netty cannot compress with a smaller window
 * without an extra library.
 */
function answerTo({ client_max_window_bits: _hint, ...params }: DeflateParams): DeflateParams {
  return params;
}
