// Adapts the global object of a mini-program (`wx`, `my`, `tt`, …) to the client's host interface, because its functions for sockets, requests and
// storage differ from a browser's. WebSocket only: mini-programs have no usable long-polling.
import type { Host, WebSocketLike } from './host.ts';

interface SocketTask {
  onOpen(listener: () => void): void;
  onMessage(listener: (event: { data: string | ArrayBuffer }) => void): void;
  onClose(listener: (event: { code?: number; reason?: string }) => void): void;
  onError(listener: (event: { errMsg?: string }) => void): void;
  send(message: { data: string | ArrayBuffer }): void;
  close(how: { code?: number; reason?: string }): void;
}

/** The functions of the mini-program's global object that are used. */
export interface MiniProgram {
  connectSocket(options: { url: string; fail?: (error: { errMsg?: string }) => void }): SocketTask;
  request?(options: { url: string; success: (answer: { statusCode: number; data: unknown }) => void; fail: (error: { errMsg?: string }) => void }): unknown;
  getStorageSync?(key: string): unknown;
  setStorageSync?(key: string, value: string): void;
  onAppShow?(listener: () => void): void;
  onAppHide?(listener: () => void): void;
  offAppShow?(listener: () => void): void;
  offAppHide?(listener: () => void): void;
}

/** Usage: `createClient({ host: miniProgramHost(wx), transports: ['websocket'], … })`. */
export function miniProgramHost(program: MiniProgram): Host {
  return {
    webSocket: (url) => new TaskSocket(program, url),
    ...(program.request ? { getJson: (url: string) => getJson(program, url) } : {}),
    ...(program.getStorageSync && program.setStorageSync ? { storage: storageOf(program) } : {}),
    ...(program.onAppShow && program.onAppHide ? { visibility: visibilityOf(program) } : {}),
  };
}

class TaskSocket implements WebSocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #task: SocketTask;

  constructor(program: MiniProgram, url: string) {
    const failed = (error: { errMsg?: string }) => this.onerror?.(error as never);
    this.#task = program.connectSocket({ url, fail: failed });
    this.#task.onOpen(() => this.onopen?.({} as never));
    this.#task.onMessage((event) => this.onmessage?.(event as never));
    this.#task.onClose((event) => this.onclose?.(event as never));
    this.#task.onError(failed);
  }

  send(data: string | ArrayBuffer): void {
    this.#task.send({ data });
  }

  close(code = 1000, reason = ''): void {
    this.#task.close({ code, reason });
  }
}

function getJson(program: MiniProgram, url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = ({ errMsg }: { errMsg?: string }) => reject(new Error(`${url}: ${errMsg ?? 'failed'}`));
    const success = ({ statusCode, data }: { statusCode: number; data: unknown }) =>
      statusCode === 200 ? resolve(typeof data === 'string' ? JSON.parse(data) : data) : fail({ errMsg: String(statusCode) });
    program.request?.({ url, success, fail });
  });
}

function storageOf(program: MiniProgram): NonNullable<Host['storage']> {
  return {
    getItem: (key) => {
      const stored = program.getStorageSync?.(key);
      return typeof stored === 'string' && stored !== '' ? stored : null;
    },
    setItem: (key, value) => program.setStorageSync?.(key, value),
  };
}

function visibilityOf(program: MiniProgram): NonNullable<Host['visibility']> {
  let hidden = false;
  program.onAppShow?.(() => {
    hidden = false;
  });
  program.onAppHide?.(() => {
    hidden = true;
  });
  return {
    get hidden() {
      return hidden;
    },
    onChange(listener) {
      program.onAppShow?.(listener);
      program.onAppHide?.(listener);
      return () => {
        program.offAppShow?.(listener);
        program.offAppHide?.(listener);
      };
    },
  };
}
