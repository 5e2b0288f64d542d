import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CodeReader, Frame } from '@skygate/gate-app/ui/scanner/code-reader';
import { createJsReader } from '@skygate/gate-app/ui/scanner/js-reader';
import { createWasmReader } from '@skygate/gate-app/ui/scanner/wasm-reader';
import jsQr from 'jsqr';
import { readBarcodes } from 'zxing-wasm/reader';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { type CameraFrame, cameraFrame, type FrameSize, seededRandom, TROUBLES } from './decode-frames.ts';

// The gate's two readers, as the gate runs them, and jsQR, on the same frames in the same run.

const SMALL: FrameSize = { width: 640, height: 480 };
const SIZES: readonly FrameSize[] = [SMALL, { width: 1280, height: 720 }];
/** Each trouble from hardly any to more than a gate can ask for. */
const STRENGTHS = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);
const SEED = 20_261_121;

type ReaderName = 'wasm' | 'js' | 'jsqr';
type Readers = Readonly<Record<ReaderName, (frame: Frame) => Promise<readonly string[]>>>;

/** What the readers said to one frame. */
interface Reading {
  readonly frame: Omit<CameraFrame, 'data'>;
  /** At least one of the three read it, or an exhaustive search did: see `isReadable`. */
  readonly readable: boolean;
  readonly read: Readonly<Record<ReaderName, boolean>>;
  readonly misread: Readonly<Record<ReaderName, boolean>>;
  readonly tookMs: Readonly<Record<ReaderName, number>>;
}

/**
 * Share of the readable frames that each reader reads, and how long it takes. A frame counts as readable if any of the
 * three reads it, or a search does that no gate has the time for: both binarizers, with and without denoising, smoothed
 * or not, at its own and at twice its size. Frames beyond all of that show a guest who has to hold the
 * ticket better, whoever reads. Times are of readable frames; `AllFramesP95Ms` has those beyond reading, too.
 */
export async function decode(): Promise<BenchResult> {
  const readers = await openReaders();
  const random = seededRandom(SEED);
  const readings: Reading[] = [];
  await warmUp(readers);
  for (const size of SIZES) {
    for (const trouble of TROUBLES) {
      for (const strength of STRENGTHS) {
        readings.push(await readWithAll(readers, cameraFrame(trouble, { size, strength, random })));
      }
    }
  }
  const figures = figuresOf(readings);
  const figure = (name: string): number => figures[name] ?? Number.NaN;
  const isAhead = figure('wasmReadShare') > Math.max(figure('jsReadShare'), figure('jsqrReadShare'));
  return {
    name: 'decode',
    figures,
    floor: {},
    ratio: null,
    target: 'zxing-wasm reads >= 98 % of readable frames, p95 <= 15 ms a 640x480 frame, ahead of zxing-js and jsQR',
    met: figure('wasmReadShare') >= 0.98 && figure('wasm640P95Ms') <= 15 && isAhead,
  };
}

async function openReaders(): Promise<Readers> {
  const wasmFile = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasm = await createWasmReader({ wasmBinary: new Uint8Array(readFileSync(wasmFile)).buffer });
  const js = createJsReader();
  const readWith = (reader: CodeReader) => (frame: Frame) => reader.read(frame);
  return { wasm: readWith(wasm), js: readWith(js), jsqr: readWithJsQr };
}

async function readWithJsQr({ data, width, height }: Frame): Promise<readonly string[]> {
  const found = (jsQr as unknown as typeof jsQr.default)(data, width, height, { inversionAttempts: 'attemptBoth' });
  return found === null || found.data === '' ? [] : [found.data];
}

/** A gate's camera looks at an empty place all day: each reader has seen many frames before the first ticket comes. */
async function warmUp(readers: Readers): Promise<void> {
  for (const size of SIZES) {
    const random = seededRandom(1);
    const ticket = cameraFrame('clean', { size, strength: 0.5, random });
    const nothing = cameraFrame('blurred', { size, strength: 3, random });
    for (const read of [readers.wasm, readers.js]) {
      for (let round = 0; round < 15; round += 1) await read(round % 2 === 0 ? ticket : nothing);
    }
    await readers.jsqr(ticket);
  }
}

async function readWithAll(readers: Readers, { data, ...frame }: CameraFrame): Promise<Reading> {
  const answers = {} as Record<ReaderName, readonly string[]>;
  const tookMs = {} as Record<ReaderName, number>;
  for (const name of NAMES) {
    const started = performance.now();
    answers[name] = await readers[name]({ data, width: frame.width, height: frame.height });
    tookMs[name] = performance.now() - started;
  }
  const read = byName((name) => answers[name].includes(frame.text));
  const misread = byName((name) => answers[name].some((text) => text !== frame.text));
  const readable = NAMES.some((name) => read[name]) || (await isReadable({ ...frame, data }));
  return { frame, readable, read, misread, tookMs };
}

/** The search that no gate has the time for: about a second a frame. */
async function isReadable({ data, text, width, height }: CameraFrame): Promise<boolean> {
  for (const scale of [1, 2]) {
    for (const smoothing of [0, 1]) {
      const image = resampled({ data, width, height }, { scale, smoothing });
      for (const binarizer of ['LocalAverage', 'GlobalHistogram'] as const) {
        for (const tryDenoise of [false, true]) {
          const options = { formats: ['QRCode' as const], binarizer, tryDenoise, tryHarder: true, tryRotate: true };
          const found = await readBarcodes({ ...image, colorSpace: 'srgb' } as ImageData, options);
          if (found.some((code) => code.isValid && code.text === text)) return true;
        }
      }
    }
  }
  return false;
}

/** The frame enlarged between its pixels and smoothed over its neighbours. */
function resampled(frame: Frame, { scale, smoothing }: { readonly scale: number; readonly smoothing: number }): Frame {
  const [width, height] = [frame.width * scale, frame.height * scale];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = averageAround(frame, { x: x / scale, y: y / scale, reach: smoothing });
      data.set([value, value, value, 255], (y * width + x) * 4);
    }
  }
  return { data, width, height };
}

function averageAround(frame: Frame, at: { readonly x: number; readonly y: number; readonly reach: number }): number {
  let sum = 0;
  let count = 0;
  for (let dy = -at.reach; dy <= at.reach; dy += 1) {
    for (let dx = -at.reach; dx <= at.reach; dx += 1) {
      sum += between(frame, at.x + dx, at.y + dy);
      count += 1;
    }
  }
  return sum / count;
}

/** Bilinear. */
function between({ data, width, height }: Frame, x: number, y: number): number {
  const [left, top] = [
    Math.min(Math.max(Math.floor(x), 0), width - 2),
    Math.min(Math.max(Math.floor(y), 0), height - 2),
  ];
  const [right, down] = [Math.min(Math.max(x - left, 0), 1), Math.min(Math.max(y - top, 0), 1)];
  const pixel = (dx: number, dy: number): number => data[((top + dy) * width + left + dx) * 4] ?? 0;
  const upper = pixel(0, 0) * (1 - right) + pixel(1, 0) * right;
  const lower = pixel(0, 1) * (1 - right) + pixel(1, 1) * right;
  return upper * (1 - down) + lower * down;
}

function figuresOf(readings: readonly Reading[]): Record<string, number> {
  const readable = readings.filter((reading) => reading.readable);
  const figures: Record<string, number> = { frames: readings.length, readableFrames: readable.length };
  for (const name of NAMES) {
    figures[`${name}ReadFrames`] = readable.filter(({ read }) => read[name]).length;
    figures[`${name}ReadShare`] = round((figures[`${name}ReadFrames`] ?? 0) / readable.length, 4);
    figures[`${name}Misreads`] = readings.filter(({ misread }) => misread[name]).length;
    for (const { width } of SIZES) {
      const sampled = (from: readonly Reading[]): readonly number[] =>
        from.filter(({ frame }) => frame.width === width).map(({ tookMs }) => tookMs[name]);
      figures[`${name}${width}P50Ms`] = round(quantile(sampled(readable), 0.5), 2);
      figures[`${name}${width}P95Ms`] = round(quantile(sampled(readable), 0.95), 2);
      figures[`${name}${width}AllFramesP95Ms`] = round(quantile(sampled(readings), 0.95), 2);
    }
  }
  for (const trouble of TROUBLES) {
    const those = readable.filter(({ frame }) => frame.trouble === trouble);
    figures[`${trouble}ReadableFrames`] = those.length;
    for (const name of NAMES)
      figures[`${trouble}${NAME_IN_FIGURE[name]}ReadFrames`] = those.filter((r) => r.read[name]).length;
  }
  return figures;
}

const NAMES: readonly ReaderName[] = ['wasm', 'js', 'jsqr'];
const NAME_IN_FIGURE: Readonly<Record<ReaderName, string>> = { wasm: 'Wasm', js: 'Js', jsqr: 'Jsqr' };

function byName<Value>(of: (name: ReaderName) => Value): Readonly<Record<ReaderName, Value>> {
  return { wasm: of('wasm'), js: of('js'), jsqr: of('jsqr') };
}
