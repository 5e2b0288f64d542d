import { IconCheck, IconPrinter } from '@tabler/icons-react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { ShiftReport } from '../../../rpc-contract/till-view.ts';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { type Format, useFormat } from '../../format/use-format.ts';
import { answerOf, useApi } from '../../kiosk-provider.tsx';
import { useShell } from '../../shell.tsx';

/** The closed shift: what was expected, what was counted, and what HQ has not got yet, said plainly. */
export function ShiftReportView({ report }: { report: ShiftReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const { show } = useShell();
  const { shift, salesWaiting } = report;
  const figures = figuresOf(report, format, t);
  const finish = async () => {
    await answerOf(api.logOut());
    show('work');
  };
  return (
    <ScreenFrame className="shift">
      <div className="shift-head row">
        <h1 className="t3 strong">{t('shift.report', { number: shift.number })}</h1>
        <p className="t2 quiet">
          {shift.staff.name} · {t('shift.closed', { time: format.time.clock(report.closedMs) })}
        </p>
      </div>
      <div className="report">
        <section className="card report-figures">
          {figures.map(([name, value]) => (
            <p key={name} className="row spread t2">
              <span className="quiet">{name}</span>
              <strong className="t3">{value}</strong>
            </p>
          ))}
        </section>
        <section className="column">
          <div className={`note ${report.differenceMinor === 0 ? 'ok' : 'warn'}`}>
            <div>
              {report.differenceMinor === 0
                ? t('shift.noDifference')
                : `${t('shift.difference')} ${format.money(report.differenceMinor)}`}
              {report.reason !== '' && <small>{t('shift.reasonGiven', { reason: report.reason })}</small>}
            </div>
          </div>
          <div className="note info">
            <div>
              {shift.salesCount === 0 ? t('shift.noSales') : t('shift.allSafe', { count: shift.salesCount })}{' '}
              {salesWaiting === 0
                ? t('shift.atHq')
                : t('shift.notAtHq', { count: t('count.sales', { count: salesWaiting }) as never })}
            </div>
          </div>
        </section>
      </div>
      <div className="shift-foot">
        <TouchButton icon={<IconPrinter aria-hidden />} onPress={() => window.print()}>
          {t('shift.print')}
        </TouchButton>
        <TouchButton kind="primary" icon={<IconCheck size={28} aria-hidden />} onPress={finish}>
          {t('shift.finish')}
        </TouchButton>
      </div>
      {createPortal(
        <div className="print-sheet" aria-hidden>
          <div className="paper">
            <section className="paper-page">
              <h2>{t('shift.report', { number: shift.number })}</h2>
              <p>{shift.staff.name}</p>
              <p>
                {format.time.day(report.closedMs)}, {format.time.clock(report.closedMs)}
              </p>
              <hr />
              {figures.map(([name, value]) => (
                <p key={name} className="paper-figures">
                  <span>{name}</span>
                  <span>{value}</span>
                </p>
              ))}
              {report.reason !== '' && <p>{t('shift.reasonGiven', { reason: report.reason })}</p>}
            </section>
          </div>
        </div>,
        document.body,
      )}
    </ScreenFrame>
  );
}

function figuresOf(
  report: ShiftReport,
  format: Format,
  t: (key: string) => string,
): readonly (readonly [string, string])[] {
  return [
    [t('shift.float'), format.money(report.shift.floatMinor)],
    [t('shift.cashSales'), format.money(report.cashSalesMinor)],
    [t('shift.movedTotal'), format.money(report.movedMinor)],
    [t('shift.expected'), format.money(report.expectedMinor)],
    [t('shift.counted'), format.money(report.countedMinor)],
    [t('shift.difference'), format.money(report.differenceMinor)],
  ];
}
