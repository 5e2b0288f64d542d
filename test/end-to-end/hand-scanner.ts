import type { Page } from 'playwright-core';

/** Types a code as a hand scanner does: all keys on their way at once, however busy the machine is. */
export async function typeAsScanner(page: Page, text: string, end: 'Enter' | null = 'Enter'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const enter = { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 };
  const keys = [...[...text].map((key) => ({ key, text: key })), ...(end === null ? [] : [enter])];
  await Promise.all(
    keys.flatMap((key) => [
      session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key }),
      session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: key.key }),
    ]),
  );
  await session.detach();
}
