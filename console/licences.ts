// The licences of everything that ends up in the built page, as one file beside it: most of them ask for that.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Plugin } from 'vite';

interface Package {
  name: string;
  version: string;
  license?: string;
}

/** The folder of the package that a module lies in; null for the console's own modules. */
function packageFolder(id: string): string | null {
  const path = id.replace(/^\0/, '').replace(/[?#].*$/, '');
  const at = path.lastIndexOf(`${sep}node_modules${sep}`);
  if (at < 0) return null;
  // The nearest package.json with a name: some packages keep nameless ones in subfolders.
  for (let folder = dirname(path); folder.length > at + 14; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && 'name' in JSON.parse(readFileSync(file, 'utf8'))) return folder;
  }
  return null;
}

function chapter(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '(the package has no licence file)';
  return `${name} ${version} (${license ?? 'see below'})\n\n${text}`;
}

/** One plugin for the page, one for its workers, which are built before it and on their own. */
export function licences(): { page: Plugin; worker: Plugin } {
  const folders = new Set<string>();
  const collect = (ids: Iterable<string>) => {
    for (const id of ids) {
      const folder = packageFolder(id);
      if (folder !== null) folders.add(folder);
    }
  };
  const worker: Plugin = {
    name: 'third-party-licences-of-workers',
    generateBundle() {
      collect(this.getModuleIds());
    },
  };
  const page: Plugin = {
    name: 'third-party-licences',
    apply: 'build',
    generateBundle() {
      collect(this.getModuleIds());
      const chapters = [...folders].map(chapter).sort();
      const about = 'Libraries in the built console of SkyAccord. The map data is Natural Earth, in the public domain.';
      this.emitFile({
        type: 'asset',
        fileName: 'third-party-licences.txt',
        source: [about, ...chapters].join(`\n\n${'-'.repeat(80)}\n\n`),
      });
    },
  };
  return { page, worker };
}
