import type { GateNow, GateState } from '@skygate/shared/hq-api/now';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

/** Colour and shape: a circle speaks, a square is silent, a diamond is lost, a ring was never heard. */
const SHAPES: Readonly<Record<GateState, { readonly colour: string; readonly path: string }>> = {
  ok: { colour: 'var(--hq-good)', path: 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1z' },
  silent: { colour: 'var(--hq-warn)', path: 'M3 2h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1z' },
  lost: { colour: 'var(--hq-bad)', path: 'M8 0l8 8-8 8-8-8z' },
  never: { colour: 'var(--hq-off)', path: 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zm0 3a4 4 0 1 1 0 8 4 4 0 1 1 0-8z' },
};

export function GateDots({ gates }: { readonly gates: readonly GateNow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (gates.length === 0) return <span className="quiet small">{t('now.noGates')}</span>;
  return (
    <span className="gates">
      {gates.map((gate) => {
        const { colour, path } = SHAPES[gate.state];
        const age = gate.contactAgeMs === null || gate.state === 'ok' ? '' : ` ${format.age(gate.contactAgeMs)}`;
        const label = `${gate.name}: ${t(`now.gateState.${gate.state}`)}${age}`;
        return (
          <svg key={gate.node} width="16" height="16" viewBox="0 0 16 16" role="img" aria-label={label}>
            <title>{label}</title>
            <path d={path} fill={colour} fillRule="evenodd" />
          </svg>
        );
      })}
    </span>
  );
}
