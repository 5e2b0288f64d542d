import QRCode from 'qrcode';

// Synthetic camera frames of printed ticket codes, by plain pixel arithmetic and deterministic by seed: what a gate's
// camera sees, one trouble at a time, from easy to hopeless. Every frame knows the text it shows.

export const TROUBLES = [
  'clean',
  'rotated',
  'blurred',
  'noisy',
  'small',
  'curved',
  'glare',
  'lowContrast',
  'damaged',
] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

export interface CameraFrame extends FrameSize {
  readonly trouble: Trouble;
  /** 0 (hardly any of the trouble) to 1 (more than a gate can ask for). */
  readonly strength: number;
  readonly text: string;
  /** RGBA. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What is done to one frame; all lengths in pixels of the frame. */
interface Scene {
  readonly modulePixels: number;
  readonly angle: number;
  /** How far the paper bends away, as part of its width; 0 is flat. */
  readonly bend: number;
  /** How much nearer one edge is than the other. */
  readonly tilt: number;
  readonly blurPixels: number;
  readonly noise: number;
  readonly black: number;
  readonly white: number;
  readonly glareRadius: number;
  /** Share of modules wiped out in one scratch and some stains. */
  readonly damage: number;
}

export type Random = () => number;

/** Mulberry32: small, fast, the same everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** As long as a signed ticket code is: about 110 bytes in Base45. */
const TEXT_CHARS = 170;

/** A text with a ticket code's prefix, alphabet and length. */
export function ticketCodeLike(random: Random): string {
  let text = 'SG1:';
  while (text.length < TEXT_CHARS) text += BASE45[Math.floor(random() * BASE45.length)];
  return text;
}

/** One frame of a ticket's QR code (level M) with one trouble of a strength. */
export function cameraFrame(
  trouble: Trouble,
  { size, strength, random }: { readonly size: FrameSize; readonly strength: number; readonly random: Random },
): CameraFrame {
  const text = ticketCodeLike(random);
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const scene = sceneOf(trouble, { strength, modulesAcross: modules.size + 2 * QUIET, size, random });
  const code = damagedCode({ size: modules.size, dark: modules.data }, scene.damage, random);
  const luminance = blurred(paint(code, { scene, size, random }), size, scene.blurPixels);
  return { trouble, strength, text, ...size, data: withNoise(luminance, scene.noise, random) };
}

/** White margin around a printed code, in modules. */
const QUIET = 4;

function sceneOf(
  trouble: Trouble,
  {
    strength,
    modulesAcross,
    size,
    random,
  }: { readonly strength: number; readonly modulesAcross: number; readonly size: FrameSize; readonly random: Random },
): Scene {
  // Held so that the code fills about two thirds of the frame's height, a little askew, with a camera's usual noise.
  const modulePixels = (size.height * (0.6 + random() * 0.15)) / modulesAcross;
  const usual: Scene = {
    modulePixels,
    angle: (random() - 0.5) * 0.12,
    bend: 0,
    tilt: (random() - 0.5) * 0.06,
    blurPixels: 0.5,
    noise: 3,
    black: 30 + random() * 20,
    white: 200 + random() * 30,
    glareRadius: 0,
    damage: 0,
  };
  const changes: Readonly<Record<Trouble, Partial<Scene>>> = {
    clean: { blurPixels: 0, noise: 0, angle: 0, tilt: 0 },
    rotated: { angle: random() * 2 * Math.PI, tilt: (random() - 0.5) * 0.5 * strength },
    blurred: { blurPixels: modulePixels * (0.3 + 0.65 * strength) },
    noisy: { noise: 15 + 65 * strength },
    small: { modulePixels: 3.2 - 1.7 * strength, blurPixels: 0.3 },
    curved: { bend: 0.1 + 0.5 * strength },
    glare: { glareRadius: size.height * (0.05 + 0.13 * strength) },
    lowContrast: { black: 125 - 55 * (1 - strength), white: 137 + 45 * (1 - strength), noise: 2 },
    damaged: { damage: 0.01 + 0.08 * strength },
  };
  return { ...usual, ...changes[trouble] };
}

interface Code {
  readonly size: number;
  /** 1 dark, 0 light, row by row. */
  readonly dark: Uint8Array;
}

/** A scratch across and stains on the data part: what a pocket does to paper. Never on the finder patterns. */
function damagedCode({ size, dark }: Code, damage: number, random: Random): Code {
  const worn = Uint8Array.from(dark);
  let left = Math.round(damage * size * size);
  while (left > 0) {
    const [row, column] = [Math.floor(random() * size), Math.floor(random() * size)];
    const length = Math.min(left, 2 + Math.floor(random() * 6));
    const isDark = random() < 0.5 ? 0 : 1;
    for (let step = 0; step < length; step += 1) {
      const at = column + step;
      if (at < size && !isFinder(row, at, size)) worn[row * size + at] = isDark;
    }
    left -= length;
  }
  return { size, dark: worn };
}

function isFinder(row: number, column: number, size: number): boolean {
  const isTop = row < 9;
  return (isTop && (column < 9 || column >= size - 9)) || (row >= size - 9 && column < 9);
}

/** Where in the code's own plane (in modules from its middle) a point of the frame looks. */
function planeOf(x: number, y: number, { modulePixels, angle, bend, tilt }: Scene): readonly [number, number] {
  const across = (x * Math.cos(angle) + y * Math.sin(angle)) / modulePixels;
  const down = (y * Math.cos(angle) - x * Math.sin(angle)) / modulePixels;
  const near = 1 + (tilt * across) / 60;
  // Paper round a bottle: the further from the middle, the more code in each pixel.
  const bent = bend === 0 ? across : (Math.asin(clamp((across * bend) / 30, -0.999, 0.999)) * 30) / bend;
  return [bent * near, down * near];
}

/** The frame's luminance: four looks a pixel, so that edges fall between pixels as they do in a camera. */
function paint(
  code: Code,
  { scene, size, random }: { readonly scene: Scene; readonly size: FrameSize; readonly random: Random },
): Float32Array {
  const { width, height } = size;
  const luminance = new Float32Array(width * height);
  const [midX, midY] = [width / 2 + (random() - 0.5) * width * 0.1, height / 2 + (random() - 0.5) * height * 0.05];
  const glare = { x: midX + (random() - 0.5) * height * 0.3, y: midY + (random() - 0.5) * height * 0.3 };
  const shade = random() * 0.25;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const seen = lookAt(code, { scene, x: x - midX, y: y - midY });
      const lit = seen * (1 - (shade * x) / width);
      luminance[y * width + x] = withGlare(lit, Math.hypot(x - glare.x, y - glare.y), scene.glareRadius);
    }
  }
  return luminance;
}

/** Four looks within one pixel. */
const LOOKS = [
  [-0.25, -0.25],
  [0.25, -0.25],
  [-0.25, 0.25],
  [0.25, 0.25],
] as const;
const BACKGROUND = 95;

function lookAt(
  { size, dark }: Code,
  { scene, x, y }: { readonly scene: Scene; readonly x: number; readonly y: number },
): number {
  let sum = 0;
  for (const [dx, dy] of LOOKS) {
    const [across, down] = planeOf(x + dx, y + dy, scene);
    const column = Math.floor(across + size / 2);
    const row = Math.floor(down + size / 2);
    const isInside = column >= 0 && column < size && row >= 0 && row < size;
    const isPaper = column >= -QUIET && column < size + QUIET && row >= -QUIET && row < size + QUIET;
    if (!isPaper) sum += BACKGROUND;
    else sum += isInside && dark[row * size + column] === 1 ? scene.black : scene.white;
  }
  return sum / LOOKS.length;
}

/** A lamp's reflection: white in its middle, fading out. */
function withGlare(luminance: number, distance: number, radius: number): number {
  if (radius === 0 || distance > radius * 1.6) return luminance;
  const share = clamp(1.6 - distance / radius, 0, 1);
  return luminance + (255 - luminance) * share;
}

/** Three box blurs are near enough to a lens out of focus. */
function blurred(luminance: Float32Array, { width, height }: FrameSize, sigma: number): Float32Array {
  if (sigma <= 0) return luminance;
  const kernel = gaussian(sigma);
  const across = convolved(luminance, { kernel, count: width, step: 1, lines: height, lineStep: width });
  return convolved(across, { kernel, count: height, step: width, lines: width, lineStep: 1 });
}

function gaussian(sigma: number): Float32Array {
  const reach = Math.max(1, Math.ceil(sigma * 3));
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

interface Lines {
  readonly kernel: Float32Array;
  readonly count: number;
  readonly step: number;
  readonly lines: number;
  readonly lineStep: number;
}

function convolved(source: Float32Array, { kernel, count, step, lines, lineStep }: Lines): Float32Array {
  const reach = (kernel.length - 1) / 2;
  const result = new Float32Array(source.length);
  for (let line = 0; line < lines; line += 1) {
    for (let index = 0; index < count; index += 1) {
      let sum = 0;
      for (let tap = -reach; tap <= reach; tap += 1) {
        const at = clamp(index + tap, 0, count - 1);
        sum += (kernel[tap + reach] ?? 0) * (source[line * lineStep + at * step] ?? 0);
      }
      result[line * lineStep + index * step] = sum;
    }
  }
  return result;
}

/** A sensor in bad light: noise of its own in every pixel, near enough to normal. */
function withNoise(luminance: Float32Array, noise: number, random: Random): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(luminance.length * 4);
  for (let pixel = 0; pixel < luminance.length; pixel += 1) {
    const error = noise === 0 ? 0 : (random() + random() + random() + random() - 2) * noise * 1.73;
    const value = (luminance[pixel] ?? 0) + error;
    data[pixel * 4] = value;
    data[pixel * 4 + 1] = value;
    data[pixel * 4 + 2] = value;
    data[pixel * 4 + 3] = 255;
  }
  return data;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
