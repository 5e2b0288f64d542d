import type { CapacityAnswer } from '@skygate/shared/hq-api/capacity';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

/** What no honest kiosk can bring about: sold twice by a clone, or said of another's share (C1). */
export function Findings({ day }: { readonly day: CapacityAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const oversold = day.slots.reduce((sum, slot) => sum + slot.oversold, 0);
  if (oversold === 0 && day.findings.length === 0) return null;
  return (
    <div className="notice" data-tone="bad" role="alert" style={{ marginBottom: 22 }}>
      {oversold > 0 ? <div className="notice-title">{t('capacity.oversold', { count: oversold })}</div> : null}
      {day.findings.map((finding) => (
        <div key={`${finding.kind} ${finding.leaseId} ${finding.node} ${finding.epoch}`}>
          {t(`capacity.finding.${finding.kind}`, {
            name: finding.kioskName,
            out: format.number(finding.out),
            places: format.number(finding.places),
          })}
        </div>
      ))}
    </div>
  );
}
