import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'sucrase';

/**
 * Lets Node load `.tsx` files as they stand: Node strips types but cannot turn JSX into calls. Import this module
 * before the first `.tsx` file. Lines keep their numbers, so stack traces are right without source maps. Why sucrase:
 * decision record 0014.
 */
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.tsx')) return nextLoad(url, context);
    const file = fileURLToPath(url);
    return { format: 'module', source: compileTsx(readFileSync(file, 'utf8'), file), shortCircuit: true };
  },
});

// React picks its build by this variable when it is first imported; unset means the slow, large development build.
process.env.NODE_ENV ??= 'production';

/** JavaScript of one `.tsx` file: types erased, JSX as calls to React's automatic runtime. */
export function compileTsx(source: string, filePath: string): string {
  return transform(source, {
    transforms: ['typescript', 'jsx'],
    jsxRuntime: 'automatic',
    production: true,
    disableESTransforms: true,
    keepUnusedImports: true,
    filePath,
  }).code;
}
