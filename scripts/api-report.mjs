// Compares the public surface of the contract packages with their committed reports (`npm run api:check`), or writes
// the reports (`npm run api:report`).
import './node-version.mjs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { ROOT } from './run.mjs';

const PACKAGES = ['plugin-api', 'host-api'];

const write = process.argv.includes('--write');
const differing = PACKAGES.filter((name) => !report(name));
if (differing.length > 0) {
  console.error(
    `The public surface of ${differing.join(' and ')} is not what packages/*/etc says. ` +
      'When the change is meant, run `npm run api:report`, and commit and review the report.',
  );
  process.exitCode = 1;
}

/**
 * @param {string} name
 * @returns {boolean} whether the report is up to date now
 */
function report(name) {
  const folder = join(ROOT, 'packages', name);
  mkdirSync(join(folder, 'etc'), { recursive: true });
  const result = Extractor.invoke(configOf(name, folder), {
    localBuild: write,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === 'error') console.error(`${name}: ${message.text}`);
    },
  });
  if (write) console.log(`packages/${name}/etc/${name}.api.md ${result.apiReportChanged ? 'written' : 'unchanged'}`);
  return result.errorCount === 0 && (write || !result.apiReportChanged);
}

/**
 * @param {string} name
 * @param {string} folder
 */
function configOf(name, folder) {
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, 'package.json'),
    configObjectFullPath: join(folder, 'api-extractor.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, 'dist', 'index.d.ts'),
      newlineKind: 'lf',
      compiler: {
        // The declarations as users see them: built, and other packages' built ones.
        overrideTsconfig: {
          extends: join(ROOT, 'tsconfig.base.json'),
          compilerOptions: { customConditions: [] },
          include: [join(folder, 'dist', '**', '*.d.ts')],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(folder, 'etc'),
        reportTempFolder: join(folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
          // No release tags: all that the entry exports is public.
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
          // A member that its name explains needs no sentence, and line numbers would change the report all the time.
          'ae-undocumented': { logLevel: ExtractorLogLevel.None },
        },
        // The comments are for people and their editors.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}
