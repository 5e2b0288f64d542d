import { timingSafeEqual } from 'node:crypto';

/**
 * The door of a headless kiosk (X1). Every program and every web page on this machine can reach a loopback port; only
 * the page that was opened with this launch's secret may. Pure decisions; screen-server.ts applies them.
 */
export interface LaunchSecret {
  /** 32 random bytes in hex, new each time the kiosk starts. */
  readonly value: string;
}

/** The name of the query parameter that carries the secret in the first address. */
export const LAUNCH_PARAMETER = 'launch';

/** Names under which a loopback server may be called. Any other is another site's name that was pointed here. */
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Refuses DNS rebinding: a foreign name that resolves to 127.0.0.1 still says its own name in `Host`. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return LOOPBACK_NAMES.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

/** A WebSocket is not bound by the same-origin policy: any page may open one, but it cannot forge its `Origin`. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && origin === `http://${host}`;
}

/** Cookies ignore the port: two kiosks on one machine must not overwrite each other's. */
export const cookieName = (port: number): string => `skygate_${port}`;

/** Not readable by scripts, not sent by other sites' pages, gone with the browser. */
export function launchCookie(secret: LaunchSecret, port: number): string {
  return `${cookieName(port)}=${secret.value}; HttpOnly; SameSite=Strict; Path=/`;
}

export function hasLaunchCookie(cookies: string | undefined, secret: LaunchSecret, port: number): boolean {
  return (cookies ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .some(([name, value]) => name === cookieName(port) && isSecret(value ?? '', secret));
}

/** In constant time: how long a wrong guess takes says nothing about the right one. */
export function isSecret(given: string, secret: LaunchSecret): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret.value)];
  return a.length === b.length && timingSafeEqual(a, b);
}
