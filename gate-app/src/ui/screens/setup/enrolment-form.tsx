import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { spacedCode, tidyCode } from './enrolment-text.ts';
import { useEnrolment } from './use-enrolment.ts';

const URL_LENGTH_MAX = 200;

interface EnrolmentFormProps {
  readonly title: string;
  readonly intro: string;
  /** The words on the button. */
  readonly action: string;
  /** The server that the kiosk knows already. */
  readonly serverUrl?: string | undefined;
}

/** Server and one-time code, typed or scanned (S1, E6). */
export function EnrolmentForm({ title, intro, action, serverUrl }: EnrolmentFormProps) {
  const { t } = useTranslation();
  const form = useEnrolment(serverUrl);
  const { field, setField, input, setInput } = form;
  return (
    <ScreenFrame>
      <div className="setup">
        <section className="column grow" style={{ maxWidth: 1040, width: '100%', margin: '0 auto' }}>
          <h1 className="t4 strong">{title}</h1>
          <p className="t2 quiet">{intro}</p>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <div className="grow">
              <TouchField
                label={t('setup.server')}
                value={input.serverUrl}
                lengthMax={URL_LENGTH_MAX}
                onChange={(serverUrl) => setInput({ ...input, serverUrl: serverUrl.trim() })}
                onChoose={() => setField('server')}
              />
            </div>
            <div style={{ width: 400 }}>
              <TouchField
                label={`${t('setup.code')} · ${t('setup.codeHint')}`}
                value={spacedCode(input.code)}
                autoFocus
                onChange={(code) => setInput({ ...input, code: tidyCode(code) })}
                onChoose={() => setField('code')}
                onEnter={() => form.enrol(input)}
              />
            </div>
          </div>
          <div style={{ minHeight: 76 }} aria-live="polite">
            {form.problem !== null && <ProblemNote problem={form.problem} />}
            {form.hint !== null && <div className={`note ${form.hint.tone}`}>{t(form.hint.key)}</div>}
          </div>
        </section>
        <section className="row setup-pads">
          <div className="grow">
            {field === 'server' ? (
              <TextPad
                key="server"
                value={input.serverUrl}
                onChange={(serverUrl) => setInput({ ...input, serverUrl: serverUrl.trim() })}
                lengthMax={URL_LENGTH_MAX}
                layouts={['en', 'signs']}
              />
            ) : (
              <TextPad
                key="code"
                value={input.code}
                onChange={(code) => setInput({ ...input, code: tidyCode(code) })}
                lengthMax={8}
                layouts={['code']}
                isCode
              />
            )}
          </div>
          <TouchButton
            kind="primary"
            busy={form.isBusy}
            disabled={input.code.length < 8 || input.serverUrl.length < 8}
            onPress={() => form.enrol(input)}
          >
            {form.isBusy ? t('setup.enrolling') : action}
          </TouchButton>
        </section>
      </div>
    </ScreenFrame>
  );
}
