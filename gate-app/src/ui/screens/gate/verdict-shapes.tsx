/** The shape of a verdict: told apart in black and white, and from ten metres (never colour alone). */
export type Shape = 'admit' | 'attention' | 'provisional' | 'refuse' | 'unreadable' | 'exit';

export function VerdictShape({ shape }: { shape: Shape }) {
  return (
    <svg className="verdict-shape" viewBox="0 0 240 240" fill="none" stroke="currentColor" aria-hidden="true">
      <g strokeWidth="18" strokeLinecap="round" strokeLinejoin="round">
        {PARTS[shape]}
      </g>
    </svg>
  );
}

const RING = <circle cx="120" cy="120" r="111" />;
const TICK = <path d="M66 126 104 164 176 88" strokeWidth="26" />;
const PARTS = {
  admit: (
    <>
      {RING}
      {TICK}
    </>
  ),
  attention: (
    <>
      {RING}
      <path d="M50 124 82 156 134 96" strokeWidth="22" />
      <circle cx="170" cy="92" r="17" strokeWidth="14" />
      <path d="M142 168c0-22 10-36 28-36s28 14 28 36" strokeWidth="14" />
    </>
  ),
  provisional: (
    <>
      {RING}
      <path d="M48 122 80 154 130 98" strokeWidth="22" />
      <circle cx="168" cy="132" r="36" strokeWidth="13" />
      <path d="M168 112v22l15 10" strokeWidth="12" />
    </>
  ),
  refuse: (
    <>
      <path d="M76 10h88l66 66v88l-66 66H76l-66-66V76Z" />
      <path d="M84 84 156 156M156 84 84 156" strokeWidth="26" />
    </>
  ),
  unreadable: (
    <>
      <rect x="10" y="10" width="220" height="220" rx="18" />
      <path d="M88 92c0-20 14-34 33-34s33 13 33 31c0 28-34 28-34 57" strokeWidth="22" />
      <path d="M120 184v1" strokeWidth="27" />
    </>
  ),
  exit: (
    <>
      {RING}
      <path d="M62 120h108M128 74l46 46-46 46" strokeWidth="24" />
    </>
  ),
} as const;
