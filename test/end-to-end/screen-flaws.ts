import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { HQ_SIZE, KIOSK_SIZE, type Size } from './screens.ts';

const SIZES: readonly Size[] = [{ width: 1024, height: 768 }, HQ_SIZE, KIOSK_SIZE];
/** A wet thumb, in pixels. */
const TARGET_MIN = 64;
/** The status strip at the top is 56 px high, and its chips take touches over the whole of it. */
const STRIP_TARGET_MIN = 56;
/** What a layout may be off by without anybody seeing it. */
const ROUNDING = 0.5;

/** What axe finds that keeps somebody from using the screen: rule and place. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // Legacy is what axe calls a page without frames of strangers: it needs no second page to put its findings together.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

export async function flawsOfKiosk(page: Page): Promise<readonly string[]> {
  const flaws = [...(await axeFindings(page))];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const at = `at ${size.width}x${size.height}`;
    for (const flaw of [...(await sticksOut(page, 'both')), ...(await smallTargets(page, size))])
      flaws.push(`${at}: ${flaw}`);
  }
  return flaws;
}

/** Whether the page scrolls, and which boxes in it do. */
export async function sticksOut(page: Page, way: 'both' | 'across'): Promise<readonly string[]> {
  // A frame is drawn at the new size before anything is measured.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return page.evaluate((ways) => {
    const root = document.documentElement;
    const flaws: string[] = [];
    if (root.scrollWidth > root.clientWidth) flaws.push('the page is wider than the screen');
    if (ways === 'across') return flaws;
    if (root.scrollHeight > root.clientHeight) flaws.push('the page is higher than the screen');
    for (const element of document.querySelectorAll('body *')) {
      const { overflowX, overflowY } = getComputedStyle(element);
      const scrolls = (style: string, inner: number, outer: number) =>
        (style === 'auto' || style === 'scroll') && outer > 0 && inner > outer + 1;
      const across = scrolls(overflowX, element.scrollWidth, element.clientWidth);
      const down = scrolls(overflowY, element.scrollHeight, element.clientHeight);
      if (across || down) flaws.push(`a scroll bar in ${element.className || element.tagName}`);
    }
    return flaws;
  }, way);
}

interface Target {
  readonly name: string;
  readonly isInStrip: boolean;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Buttons and fields in sight that are smaller than a thumb, or lie outside the screen. */
async function smallTargets(page: Page, size: Size): Promise<readonly string[]> {
  const targets = await targetsInSight(page);
  return targets.flatMap(({ name, isInStrip, left, top, right, bottom }) => {
    const least = (isInStrip ? STRIP_TARGET_MIN : TARGET_MIN) - ROUNDING;
    const isSmall = right - left < least || bottom - top < least;
    const isInside = left >= -ROUNDING && top >= -ROUNDING;
    const isOut = !isInside || right > size.width + ROUNDING || bottom > size.height + ROUNDING;
    return [
      ...(isSmall ? [`${Math.round(right - left)}x${Math.round(bottom - top)} "${name}"`] : []),
      ...(isOut ? [`out of the screen "${name}"`] : []),
    ];
  });
}

function targetsInSight(page: Page): Promise<readonly Target[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, input, a[href]')]
      .filter((target) => target.checkVisibility({ visibilityProperty: true }) && !target.closest('[inert]'))
      .map((target) => {
        const { left, top, right, bottom } = target.getBoundingClientRect();
        const name = (target.getAttribute('aria-label') ?? target.textContent ?? '').slice(0, 40);
        return { name, isInStrip: target.closest('.strip') !== null, left, top, right, bottom };
      }),
  );
}
