# SPDX-License-Identifier: GPL-2.0-or-later
"""nvresume measured in guests: the guests (guests, nvm_memory), what is measured (variants, ways, stage), read (marks,
kernel_image, attempts), summed (results, bars) and shown (page, chart, description)."""
