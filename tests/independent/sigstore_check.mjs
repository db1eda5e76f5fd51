// Checks a bundle's checkpoints and inclusion proofs with Sigstore's verifier, as npm itself ships and uses it.
//
//     node sigstore_check.mjs BUNDLE CARD…     needs the npm beside this Node, and nothing of SkyAccord
//
// Prints what was accepted as JSON; exit 1 if anything was not. Sigstore knows no cosignatures and no
// consistency proofs: tlog_check.py has those.

import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const npm = createRequire(join(dirname(process.execPath), "../lib/node_modules/npm/package.json"));
const { verifyCheckpoint } = npm("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = npm("@sigstore/verify/dist/tlog/merkle.js");

const hash = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

function root(leaves) {
  if (leaves.length === 1) return leaves[0];
  const middle = split(leaves.length);
  return hash(Buffer.from([1]), root(leaves.slice(0, middle)), root(leaves.slice(middle)));
}

function split(count) {
  let found = 1;
  while (found * 2 < count) found *= 2;
  return found;
}

function path(index, leaves) {
  if (leaves.length === 1) return [];
  const middle = split(leaves.length);
  return index < middle
    ? [...path(index, leaves.slice(0, middle)), root(leaves.slice(middle))]
    : [...path(index - middle, leaves.slice(middle)), root(leaves.slice(0, middle))];
}

/** The keys of a journal's party as Sigstore names logs: key hint, name, key. */
function logs(card) {
  return [...(card.earlier_keys ?? []), card].map((one) => {
    const raw = Buffer.from(one.public_key, "base64");
    return {
      logID: hash(Buffer.from(`${card.origin}\n`), Buffer.from([1]), raw),
      baseURL: card.origin,
      publicKey: createPublicKey({
        key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
        format: "jwk",
      }),
    };
  });
}

function check(bundle, cards) {
  const told = { checkpoints: 0, included: 0 };
  let origin = null;
  let entries = [];
  for (const text of readFileSync(bundle, "utf8").split("\n").filter(Boolean)) {
    const line = JSON.parse(text);
    if (line.journal) [origin, entries] = [line.journal, []];
    if (line.leaf) entries.push(line);
    if (!line.checkpoint) continue;
    const checkpoint = verifyCheckpoint(
      { inclusionProof: { checkpoint: { envelope: line.checkpoint } } },
      logs(cards.get(origin)),
    );
    told.checkpoints += 1;
    const leaves = entries.map((one) => Buffer.from(one.leaf, "hex"));
    entries.forEach((entry, logIndex) => {
      if (entry.envelope === undefined) return; // sealed or erased: there is nothing to hash
      const canonicalizedBody = Buffer.concat([Buffer.from(entry.salt, "hex"), Buffer.from(entry.envelope)]);
      verifyMerkleInclusion(
        { canonicalizedBody, inclusionProof: { logIndex, hashes: path(logIndex, leaves) } },
        checkpoint,
      );
      told.included += 1;
    });
  }
  return told;
}

const [bundle, ...files] = process.argv.slice(2);
const cards = new Map(files.map((file) => JSON.parse(readFileSync(file, "utf8"))).map((card) => [card.origin, card]));
try {
  console.log(JSON.stringify(check(bundle, cards)));
} catch (error) {
  console.error(`not accepted: ${error.message}`);
  process.exit(1);
}
