// Makes the page: node build.mjs OUTDIR
// Writes index.html and assets/{page.js,page.css,icon.svg,licenses.txt} there, and nothing else.
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('build.mjs: say where to: node build.mjs OUTDIR');
  process.exit(2);
}
const assets = join(resolve(out), 'assets');
await mkdir(assets, { recursive: true });

await build({
  absWorkingDir: here,
  entryPoints: { page: 'src/main.ts' },
  outdir: assets,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none', // licenses.txt has them
  logLevel: 'warning',
});
await build({
  absWorkingDir: here,
  entryPoints: { page: 'style.css' },
  outdir: assets,
  minify: true,
  logLevel: 'warning',
});
await copyFile(join(here, 'index.html'), join(resolve(out), 'index.html'));
await copyFile(join(here, 'icon.svg'), join(assets, 'icon.svg'));

const three = await readFile(join(here, 'node_modules/three/LICENSE'), 'utf8');
await writeFile(join(assets, 'licenses.txt'), `page.js contains three.js:\n\n${three}`);
