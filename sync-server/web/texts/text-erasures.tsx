import type { TextErasureItem } from '@skygate/shared/hq-api/texts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { TableCard } from '../layout/table-card.tsx';

interface TextErasuresProps {
  readonly erasures: readonly TextErasureItem[];
  readonly serverMs: number;
  readonly timeZone: string;
}

/** What was erased and why, and which kiosks have not taken that in yet (E5). */
export function TextErasures({ erasures, serverMs, timeZone }: TextErasuresProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (erasures.length === 0) return null;
  return (
    <section style={{ marginTop: 18 }}>
      <h2 className="section-title" id="text-erasures">
        {t('texts.erasures')}
      </h2>
      <TableCard
        columns={[t('texts.whyLabel'), t('texts.who'), t('staff.erasedWhen'), t('staff.erasedWhere')]}
        labelledBy="text-erasures"
      >
        {erasures.map(({ name, why, actorName, erasedMs, waitingFor }) => (
          <tr key={name}>
            <td>{t(`texts.why.${why}`)}</td>
            <td className="quiet">{actorName ?? '—'}</td>
            <td className="nowrap">{format.shortMoment(erasedMs, timeZone)}</td>
            <td>
              {waitingFor.length === 0 ? (
                <span className="chip" data-tone="good">
                  {t('staff.erasedEverywhere')}
                </span>
              ) : (
                <div className="chips">
                  {waitingFor.map(({ node, name: kiosk, contactMs }) => (
                    <span key={node} className="chip" data-tone="warn" data-long>
                      {contactMs === null
                        ? t('staff.waitsForNever', { name: kiosk })
                        : t('staff.waitsFor', {
                            name: kiosk,
                            age: format.age(Math.max(0, serverMs - contactMs)),
                          })}
                    </span>
                  ))}
                </div>
              )}
            </td>
          </tr>
        ))}
      </TableCard>
    </section>
  );
}
