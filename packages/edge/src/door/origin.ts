// Decides by the Origin header of browsers which pages may connect, and which of them may send cookies. Load balancers use cookies for sticky
// sessions. Clients other than browsers send no Origin and are not restricted by it.

/** True for a page with the server's host name (all loopback names are equal), an allowed Origin, or no Origin header (not a browser page). */
export function originAllowed(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  return origin === undefined || allowed.includes('*') || originKnown(origin, host, allowed);
}

/** True for a page with the server's host name or an Origin that `allowed` lists literally; `*` does not count. Only such pages may send cookies. */
export function originKnown(origin: string, host: string | undefined, allowed: readonly string[]): boolean {
  if (allowed.includes(origin)) return true;
  const from = hostName(origin);
  const to = host === undefined ? undefined : hostName(`http://${host}`);
  return from !== undefined && to !== undefined && (from === to || (isLoopback(from) && isLoopback(to)));
}

function hostName(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    // Not a URL, for example the Origin "null".
    return undefined;
  }
}

function isLoopback(name: string): boolean {
  // Must be a full IP address: anybody may register a name such as 127.example.org.
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}
