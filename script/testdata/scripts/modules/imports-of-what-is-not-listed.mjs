// Copyright 2026 The duplex authors. MIT license.

import * as common from './parts/unlisted.cjs';
import { listed, __esModule } from './parts/unlisted.cjs';

console.log(Object.keys(common), listed, __esModule, common.default.assigned, common.never);
