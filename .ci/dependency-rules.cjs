// One way through the house: ui -> rpc-contract, kiosk -> shared, sync-server -> shared; shared imports nothing of ours.
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid(
      'no-cycles',
      'A cycle has no first room to read',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid(
      'shared-is-the-bottom',
      'shared/ knows nobody',
      { path: '^shared/src' },
      { path: '^(gate-app|sync-server|test)/' },
    ),
    forbid(
      'shared-is-pure',
      'No Node modules in shared/',
      { path: '^shared/src', pathNot: '\\.test\\.ts$' },
      { dependencyTypes: ['core'] },
    ),
    forbid('kiosk-knows-no-server', 'They meet on the wire', { path: '^gate-app/' }, { path: '^(sync-server|test)/' }),
    forbid('server-knows-no-kiosk', 'They meet on the wire', { path: '^sync-server/' }, { path: '^(gate-app|test)/' }),
    forbid(
      'ui-reaches-the-kiosk-by-contract',
      'Screens know the rpc contract and shared/, not the kiosk process',
      { path: '^gate-app/src/ui' },
      { path: '^gate-app/src/(kiosk|electron)|^gate-app/src/(headless|start-kiosk)\\.ts' },
    ),
    forbid(
      'kiosk-knows-no-ui',
      'The kiosk runs without a screen',
      { path: '^gate-app/src/(kiosk|rpc-contract)' },
      { path: '^gate-app/src/(ui|electron)' },
    ),
    forbid(
      'kiosk-knows-no-electron',
      'No Electron in the kiosk',
      { path: '^gate-app/src/(kiosk|ui|rpc-contract)' },
      { path: '^electron$|node_modules/electron/' },
    ),
    forbid('web-knows-no-server', 'HQ pages speak HTTP', { path: '^sync-server/web' }, { path: '^sync-server/src' }),
    forbid('server-knows-no-web', 'Pages are built apart', { path: '^sync-server/src' }, { path: '^sync-server/web' }),
    forbid(
      'no-test-code-in-products',
      'Fakes stay in tests',
      { path: '^(shared|gate-app|sync-server)/', pathNot: '\\.test\\.tsx?$|/testing/' },
      { path: '/testing/', pathNot: 'node_modules' },
    ),
    forbid(
      'resolvable',
      'Every import must exist',
      { path: '^(shared|gate-app|sync-server|test)/' },
      { couldNotResolve: true, pathNot: '[?]url$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'browser', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
