import { writeFileSync } from 'node:fs';
import QRCode from 'qrcode';

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_PER_SECOND = 10;
/** Luminance of a white ticket under a lamp, of ink, and of the dark room behind. */
const PAPER = 225;
const INK = 30;
const ROOM = 70;
const HEADER = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);

/**
 * Writes what a camera sees when a printed ticket is held before it: two seconds of an empty room, then the ticket for
 * three, as uncompressed YUV4MPEG2, which Chromium plays in a loop as its camera.
 */
export function writeQrVideo(file: string, code: string): void {
  const empty = frameOf(() => ROOM);
  const held = frameOf(ticketPixels(code));
  const frames = [
    ...Array<Buffer>(2 * FRAMES_PER_SECOND).fill(empty),
    ...Array<Buffer>(3 * FRAMES_PER_SECOND).fill(held),
  ];
  writeFileSync(file, Buffer.concat([HEADER, ...frames]));
}

/** Writes what the camera sees while nobody is there: a wall with the light falling off towards its edges. */
export function writeRoomVideo(file: string): void {
  const lit = frameOf((x, y) => 95 - Math.round(Math.hypot(x - WIDTH / 2, y - HEIGHT / 3) / 8));
  writeFileSync(file, Buffer.concat([HEADER, ...Array<Buffer>(FRAMES_PER_SECOND).fill(lit)]));
}

/** One frame: the luminance plane, then two colour planes of a quarter the size, all grey. */
function frameOf(luminance: (x: number, y: number) => number): Buffer {
  const marker = Buffer.from('FRAME\n');
  const plane = Buffer.alloc(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) plane[y * WIDTH + x] = luminance(x, y);
  }
  return Buffer.concat([marker, plane, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
}

function ticketPixels(code: string): (x: number, y: number) => number {
  const { modules } = QRCode.create(code, { errorCorrectionLevel: 'M' });
  const quiet = 4;
  const scale = Math.floor((HEIGHT - 60) / (modules.size + 2 * quiet));
  const side = scale * (modules.size + 2 * quiet);
  const left = Math.floor((WIDTH - side) / 2);
  const top = Math.floor((HEIGHT - side) / 2);
  return (x, y) => {
    if (x < left || x >= left + side || y < top || y >= top + side) return ROOM;
    const column = Math.floor((x - left) / scale) - quiet;
    const row = Math.floor((y - top) / scale) - quiet;
    const inside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
    return inside && modules.get(row, column) ? INK : PAPER;
  };
}
