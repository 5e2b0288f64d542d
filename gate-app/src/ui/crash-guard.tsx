import { Component, type ReactNode } from 'react';
import { Translation } from 'react-i18next';
import { TouchButton } from './components/touch-button.tsx';

/** A bug in a screen says what it means for the sale, instead of leaving a white page in front of a guest. */
export class CrashGuard extends Component<{ readonly children: ReactNode }, { readonly failure: Error | null }> {
  override state: { readonly failure: Error | null } = { failure: null };

  static getDerivedStateFromError(failure: Error) {
    return { failure };
  }

  override render() {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <div className="centred" role="alert">
            <div className="column" style={{ maxWidth: 640, textAlign: 'center' }}>
              <h1 className="t4 strong">{t('boot.crashed')}</h1>
              <p className="t2">{t('boot.crashedWhat')}</p>
              <TouchButton kind="primary" onPress={() => window.location.reload()}>
                {t('boot.reload')}
              </TouchButton>
              <p className="t1 quiet">{failure.message}</p>
            </div>
          </div>
        )}
      </Translation>
    );
  }
}
