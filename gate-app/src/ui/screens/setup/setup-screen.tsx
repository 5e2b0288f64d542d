import { useTranslation } from 'react-i18next';
import { EnrolmentForm } from './enrolment-form.tsx';

/** The first screen of a new kiosk: which server, and the one-time code HQ made for it (S1). */
export function SetupScreen() {
  const { t } = useTranslation();
  return <EnrolmentForm title={t('setup.title')} intro={t('setup.intro')} action={t('setup.enrol')} />;
}
