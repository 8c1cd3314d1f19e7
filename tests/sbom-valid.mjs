// SPDX-License-Identifier: MIT
// Reads bills of materials by programs that are not ours, from npm: each CycloneDX document
// by @cyclonedx/cyclonedx-library, each SPDX document's licences and purls by
// spdx-expression-parse and packageurl-js. A line for each thing that is wrong.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire((process.env.NODE_PATH ?? "").split(":")[0] + "/");
for (const path of process.argv.slice(2)) {
	const text = readFileSync(path, "utf8"), document = JSON.parse(text);
	if (document.bomFormat) {
		const { Validation, Spec } = require("@cyclonedx/cyclonedx-library");
		const wrong = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
		if (wrong !== null) console.log(path, JSON.stringify(wrong).slice(0, 500));
		continue;
	}
	const parse = require("spdx-expression-parse"), { PackageURL } = require("packageurl-js");
	for (const p of document.packages) {
		try {
			if (p.licenseDeclared !== "NOASSERTION") parse(p.licenseDeclared);
			for (const { referenceLocator } of p.externalRefs ?? []) {
				const url = PackageURL.fromString(referenceLocator);
				if (url.type !== "deb" || url.name !== p.name || url.version !== p.versionInfo)
					console.log(path, p.name, referenceLocator);
			}
		} catch (e) {
			console.log(path, p.name, String(e));
		}
	}
}
