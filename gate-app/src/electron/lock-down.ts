// What the window may do, as decisions without Electron in them (X1). main.ts asks; nothing is allowed by default.

/** Where the screens live in Electron: a scheme of our own, so there is no port and no file path to reach. */
export const APP_SCHEME = 'skygate';
export const APP_ORIGIN = `${APP_SCHEME}://app`;
export const APP_URL = `${APP_ORIGIN}/`;

/** Whether an address is one of our own screens. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${APP_SCHEME}:` && url.host === 'app' && url.username === '';
}

/** The window stays where it is: a reload of a screen of ours is the only navigation there is. */
export function mayNavigate(address: string): boolean {
  return isOwnPage(address);
}

/** Requests that may leave the page: our own files, and what the page made itself. The kiosk syncs, the window never. */
export function mayRequest(address: string): boolean {
  const protocol = URL.parse(address)?.protocol;
  if (protocol === 'blob:') return address.startsWith(`blob:${APP_ORIGIN}/`);
  return protocol === 'data:' || isOwnPage(address);
}

/** A page's wish for a permission, as Electron describes it. */
export interface PermissionWish {
  readonly permission: string;
  readonly origin: string;
  /** What of `media` is wanted; a check before a request may leave it open. */
  readonly mediaTypes: readonly string[];
}

/** Our own page may see through the camera. Nothing else is given to anybody. */
export function mayHave({ permission, origin, mediaTypes }: PermissionWish): boolean {
  if (permission !== 'media' || !isOwnPage(origin)) return false;
  return mediaTypes.length > 0 && mediaTypes.every((type) => type === 'video');
}

/** Keys that would leave the kiosk's screen or open its insides, in a packaged kiosk. */
export function isForbiddenKey(input: {
  readonly key: string;
  readonly control: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}): boolean {
  const key = input.key.toLowerCase();
  const hasCommand = input.control || input.meta;
  if (key === 'f11' || key === 'f12' || (input.alt && key === 'f4')) return true;
  return hasCommand && (FORBIDDEN_WITH_CONTROL.has(key) || (input.shift && key === 'i'));
}

/** Close, quit, new windows, print, save, view source, find, history, downloads (a scanner's line feed), zoom. */
const FORBIDDEN_WITH_CONTROL = new Set([...'wqntpsoufghj0-=+']);
