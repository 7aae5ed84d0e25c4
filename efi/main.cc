// SPDX-License-Identifier: GPL-2.0-or-later
// The stage: runs between firmware and boot loader, finds the NVM, keeps it reserved, says what is
// saved in it and starts the next loader. Whatever fails, it says so and boots on.
//
//   claim_nvm   find ─▶ choose ─▶ size ─▶ reserve ─▶ measure ─▶ look
//   efi_main    hello ─▶ config ─▶ claim_nvm ─▶ go direct ─▶ load ─▶ publish ─▶ start ─▶ (count)
#include <string.h>

#include "efi/acpi.h"
#include "efi/bandwidth.h"
#include "efi/boot_again.h"
#include "efi/boot_counter.h"
#include "efi/chain.h"
#include "efi/console.h"
#include "efi/direct.h"
#include "efi/image_look.h"
#include "efi/nfit.h"
#include "efi/owned_memory.h"
#include "efi/probe.h"
#include "efi/reserve.h"
#include "efi/system_map.h"
#include "efi/take_fingerprint.h"
#include "efi/tsc.h"
#include "efi/variables.h"
#include "efi/witness_check.h"

namespace nvresume::efi {
namespace {

/// What every step needs.
struct Stage {
  EFI_HANDLE image;
  EFI_SYSTEM_TABLE* system;
  Console console;
  uint64_t entry_ticks;
  uint64_t ticks_per_ms;

  EFI_BOOT_SERVICES& boot() const { return *system->BootServices; }
  MemoryServices memory() const {
    const void* dxe = configuration_table(*system, kDxeServicesTableGuid);
    return {system->BootServices, static_cast<DXE_SERVICES*>(const_cast<void*>(dxe)), image};
  }
};

/// The NVM as this boot holds it.
struct Claim {
  Reservation reservation;
  NvresumeRange range;
};

NvresumeConfig read_config(Stage& stage, Variables& variables) {
  Result<NvresumeConfig> config = variables.read_config();
  if (config.ok()) return *config;
  stage.console.print(Line("nvresume: no usable configuration (")
                          .text(config.error().text())
                          .text("): only NVM set up before is used"));
  return default_config();
}

CandidateList find_candidates(Stage& stage, const MemoryMapView& map) {
  CandidateList candidates;
  const void* rsdp = find_rsdp(*stage.system);
  ConstBytes nfit = find_acpi_table(rsdp, "NFIT");
  Status parsed = nfit.empty() ? ok_status() : add_nfit_ranges(nfit, candidates);
  if (!parsed.ok()) stage.console.print(Line("nvresume: ").text(parsed.error().text()));
  add_map_ranges(map, candidates);
  return candidates;
}

NvresumeRange empty_range() {
  NvresumeRange range{};
  range.version = 2;
  range.size_bytes = sizeof range;
  return range;
}

NvresumeRange describe_range(const Choice& choice, const Geometry& geometry,
                             const Reservation& reservation, uint64_t ordinary_bytes) {
  NvresumeRange range = empty_range();
  range.range_base = choice.base;
  range.image_bytes = geometry.image_bytes;
  range.swap_bytes = geometry.swap_bytes;
  range.available_bytes = choice.available_bytes;
  range.ordinary_bytes = ordinary_bytes;
  range.kind = static_cast<uint32_t>(reservation.kind);
  range.decision = static_cast<uint32_t>(StageDecision::kChain);
  range.reason = static_cast<uint32_t>(choice.finding.reason);
  return range;
}

void say_reserved(Stage& stage, const NvresumeRange& range) {
  constexpr uint64_t kMebibyte = 1024 * 1024;
  stage.console.print(Line("nvresume: NVM at ")
                          .hex(range.range_base)
                          .text(": image area ")
                          .number(range.image_bytes / kMebibyte)
                          .text(" MiB, swap area ")
                          .number(range.swap_bytes / kMebibyte)
                          .text(" MiB, reads ")
                          .number(range.load_mb_per_s)
                          .text(" MB/s"));
}

/// A section's bytes in the waiting image's record, which the look has checked.
ConstBytes saved_section(const ImageArea& area, const PhysicalNvm& image, SectionType type) {
  const Superblock& superblock = area.superblock();
  return section_of(image.view(superblock.slot_offset_bytes + superblock.metadata.offset_bytes,
                               superblock.metadata.length_bytes),
                    type);
}

/// What is saved, said in one line. An error is why the range cannot be used as formatted.
Status look(Stage& stage, BootCounter& counter, NvresumeRange& range) {
  PhysicalNvm image(range.range_base, range.image_bytes);
  PhysicalNvm swap(range.range_base + range.image_bytes, range.swap_bytes);
  // Opening repairs a copy that a power cut left older or torn, before anything relies on the pair.
  NVRESUME_ASSIGN(ImageArea area, ImageArea::open(image));
  range.formatted = 1;
  range.boot_count = area.superblock().boot_count + 1;  // once it is counted
  const ImageLook seen = look_at_image(area, image, swap);
  stage.console.print(seen.line);
  range.reason = static_cast<uint32_t>(seen.reason);
  if (seen.reason != Reason::kNone) return ok_status();
  const ConstBytes initramfs = saved_section(area, image, SectionType::kInitramfs);
  if (initramfs.size() == sizeof(BootInitramfs))
    counter.expect(*reinterpret_cast<const BootInitramfs*>(initramfs.data()));
  return ok_status();
}

void say_unusable(Stage& stage, const Error& error) {
  if (error.reason() == Reason::kNotFormatted)
    stage.console.print(
        "nvresume: nothing is formatted there yet; setup does it when the system is up");
  else
    stage.console.print_without_nvm(error);
}

/// Everything about the NVM. On an error nothing stays reserved.
Result<Claim> claim_nvm(Stage& stage, BootCounter& counter, const NvresumeConfig& config) {
  // The map is fetched once, before anything is reserved, so that ordinary memory is counted alike
  // at every boot.
  NVRESUME_ASSIGN(SystemMap map, SystemMap::fetch(stage.boot()));
  const uint64_t ordinary_bytes = ordinary_memory_bytes(map.view());

  // Find: firmware tells of NVM in the NFIT, in the memory map, or in both.
  CandidateList candidates = find_candidates(stage, map.view());

  // Choose: only NVM that is ours or that setup named; everybody else's is not even read further.
  PageTableRoot page_tables = current_page_tables();
  PhysicalProbe probe(page_tables);
  NVRESUME_ASSIGN(Choice choice, choose_range(candidates, config, probe));
  if (choice.finding.reason == Reason::kUnsupportedFirmware)
    return Error(Reason::kUnsupportedFirmware, "firmware does not map the NVM");

  // Size: what is formatted never moves, whatever memory was added or configuration changed.
  NVRESUME_ASSIGN(Geometry geometry, size_range(choice, ordinary_bytes, config.factor_percent));

  // One more boot through the stage, whatever comes of it: counted even where the range cannot be
  // reserved and where no loader starts afterwards, since something else is booted then, and that
  // is a boot in between.
  const Reason found = choice.finding.reason;
  if (found == Reason::kNone) counter.count_in(choice.base, geometry.image_bytes);

  // Reserve: from here on neither firmware nor kernel gives the range to anybody.
  NVRESUME_ASSIGN(Reservation reservation,
                  reserve(stage.memory(), map.view(), choice.base, geometry.total_bytes()));
  Claim claim{reservation, describe_range(choice, geometry, reservation, ordinary_bytes)};

  // Measure: an added range may be uncached, which makes everything ten times slower; the figure
  // tells, after write-back was asked for.
  Status cached = ask_write_back(stage.memory(), reservation);
  if (!cached.ok()) stage.console.print(Line("nvresume: ").text(cached.error().text()));
  uint64_t load_ns = ticks_to_ns(time_load(choice.base), stage.ticks_per_ms);
  claim.range.load_mb_per_s = mb_per_s(kMeasuredBytes, load_ns);
  say_reserved(stage, claim.range);

  // Look: only at a valid superblock. Without one the range is still published, so that setup can
  // format it or a person can read why it cannot be used.
  Status looked = found == Reason::kNone ? look(stage, counter, claim.range) : Status(Error(found));
  if (!looked.ok()) {
    claim.range.reason = static_cast<uint32_t>(looked.error().reason());
    say_unusable(stage, looked.error());
  }
  return claim;
}

/// This boot's fingerprint into the NVM, whether an image waits or not: the save of this boot needs
/// it.
Result<const Fingerprint*> store_this_fingerprint(Stage& stage, OwnedMemory& memory,
                                                  const NvresumeRange& range) {
  NVRESUME_ASSIGN(Bytes buffer, memory.allocate(sizeof(Fingerprint)));
  NVRESUME_ASSIGN(SystemMap map, SystemMap::fetch(stage.boot()));
  NVRESUME_ASSIGN(std::span<FingerprintRegion> regions,
                  memory.allocate_array<FingerprintRegion>(map.view().count));
  Fingerprint& fingerprint = *reinterpret_cast<Fingerprint*>(buffer.data());
  take_fingerprint(*stage.system, map.view(), range.boot_count, regions, fingerprint);
  seal(fingerprint);
  PhysicalNvm image(range.range_base, range.image_bytes);
  NVRESUME_TRY(store_fingerprint(image, {range.image_bytes, range.swap_bytes}, fingerprint));
  return &fingerprint;
}

/// The waiting image's witnesses; empty where there are none.
std::span<const Witness> saved_witnesses(const ImageArea& area, const PhysicalNvm& image) {
  const ConstBytes section = saved_section(area, image, SectionType::kWitness);
  return {reinterpret_cast<const Witness*>(section.data()), section.size() / sizeof(Witness)};
}

/// Compares the file systems with the waiting image, for whichever way restores it. Error: the
/// first one that is not proven unchanged.
Status compare_file_systems(Stage& stage, OwnedMemory& memory, NvresumeRange& range) {
  PhysicalNvm image(range.range_base, range.image_bytes);
  NVRESUME_ASSIGN(const ImageArea area, ImageArea::peek(image));
  memcpy(range.image_id, area.superblock().image_id, sizeof range.image_id);
  const std::span<const Witness> witnesses = saved_witnesses(area, image);
  check_witnesses(stage.boot(), memory, witnesses, range.verdicts);
  return require_same(witnesses, range.verdicts);
}

bool image_waits(const NvresumeRange& range) {
  return range.formatted != 0 && static_cast<Reason>(range.reason) == Reason::kNone;
}

/// Where it fails the resume goes on: only a power cut before its end would pass by the image.
void come_back_after_a_cut(Stage& stage) {
  const Result<bool> set = boot_here_again(*stage.system->RuntimeServices);
  if (!set.ok())
    stage.console.print(Line("nvresume: ").text(set.error().text()));
  else if (*set)
    stage.console.print("nvresume: another boot entry is first; BootNext names this one again");
}

/// Straight into the saved kernel. Returns only where that is refused.
Error try_direct(Stage& stage, Variables& variables, const NvresumeConfig& config,
                 const Fingerprint& fingerprint, OwnedMemory& memory, NvresumeRange& range) {
  Status unchanged = compare_file_systems(stage, memory, range);
  if (!unchanged.ok()) return std::move(unchanged.error());
  return resume_directly({stage.image, stage.system, &stage.console, &variables, &config,
                          &fingerprint, range, stage.entry_ticks, stage.ticks_per_ms});
}

/// This boot's fingerprint, and the saved kernel where one waits. Returns only where that is not
/// entered, with everything as it was; why not is in `range`.
void go_direct(Stage& stage, Variables& variables, const NvresumeConfig& config,
               NvresumeRange& range) {
  if (range.formatted == 0) return;
  OwnedMemory memory(stage.boot());
  Result<const Fingerprint*> fingerprint = store_this_fingerprint(stage, memory, range);
  if (!fingerprint.ok()) {
    stage.console.print(Line("nvresume: no fingerprint: ").text(fingerprint.error().text()));
    return;
  }
  if (!image_waits(range)) return;
  const Error refused = try_direct(stage, variables, config, **fingerprint, memory, range);
  range.direct_reason = static_cast<uint32_t>(refused.reason());
  stage.console.print(Line("nvresume: not direct: ")
                          .text(reason_name(refused.reason()))
                          .text(": ")
                          .text(refused.text())
                          .text("; the initramfs decides"));
}

/// Back to what firmware knows, before control returns to it.
void give_back(Stage& stage, Variables& variables, const Claim& claim) {
  variables.withdraw();
  Status released = release(stage.memory(), claim.reservation);
  if (!released.ok()) stage.console.print(Line("nvresume: ").text(released.error().text()));
}

void publish(Stage& stage, Variables& variables, Claim& claim) {
  uint64_t now_ticks = read_tsc();
  claim.range.firmware_ns = ticks_to_ns(stage.entry_ticks, stage.ticks_per_ms);
  claim.range.stage_ns = ticks_to_ns(now_ticks - stage.entry_ticks, stage.ticks_per_ms);
  Status published = variables.publish(claim.range);
  if (!published.ok()) stage.console.print_without_nvm(published.error());
}

/// The stage ran and has no range: what boots next can then tell that from a boot without it.
void publish_none(Stage& stage, Variables& variables, const Error& error) {
  NvresumeRange none = empty_range();
  none.reason = static_cast<uint32_t>(error.reason());
  Status published = variables.publish(none);
  if (!published.ok()) stage.console.print_without_nvm(published.error());
}

Result<Loader> load(Stage& stage, const NvresumeConfig& config) {
  NVRESUME_ASSIGN(OwnImage own, own_image(stage.boot(), stage.image));
  return load_next(stage.boot(), own, loaders_of(own, config), stage.console);
}

EFI_STATUS start_loader(Stage& stage, const Loader& loader) {
  uint64_t stage_ns = ticks_to_ns(read_tsc() - stage.entry_ticks, stage.ticks_per_ms);
  stage.console.print(
      Line("nvresume: starting ").path(loader.path.text).text(" after ").seconds(stage_ns));
  EFI_STATUS status = start(stage.boot(), loader);
  stage.console.print(Line("nvresume: ")
                          .path(loader.path.text)
                          .text(" returned ")
                          .hex(status)
                          .text("; back to firmware"));
  return status;
}

EFI_STATUS run(Stage& stage) {
  Variables variables(*stage.system->RuntimeServices);

  // Configuration first: it says which NVM may be touched and what comes next.
  NvresumeConfig config = read_config(stage, variables);

  // A loader may start the stage again in the same boot: the first one keeps the range and counts
  // the boot, and doing either twice would break the map or the ticket.
  const bool again = variables.published_in_this_boot();
  if (again) stage.console.print("nvresume: started again in the same boot");
  BootCounter counter(stage.boot());
  Result<Claim> claim =
      again ? Result<Claim>(Error(Reason::kRangeTaken)) : claim_nvm(stage, counter, config);
  if (!claim.ok() && !again) stage.console.print_without_nvm(claim.error());

  // Before anything of a resume: the boot after a power cut must find the image, too.
  if (claim.ok() && image_waits(claim->range)) come_back_after_a_cut(stage);

  // Direct before anything is loaded that would only be overwritten. Nothing was changed where it
  // refuses: what follows is the ordinary way.
  if (claim.ok()) go_direct(stage, variables, config, claim->range);

  // Loaded before the range is published: what is published includes the time loading took, and
  // nothing needs to be taken back when there is no loader.
  Result<Loader> loader = load(stage, config);
  EFI_STATUS status = EFI_NOT_FOUND;
  if (loader.ok()) {
    if (claim.ok())
      publish(stage, variables, *claim);
    else if (!again)
      publish_none(stage, variables, claim.error());
    counter.arm();
    status = start_loader(stage, *loader);
  } else {
    stage.console.print(Line("nvresume: ")
                            .text(loader.error().text())
                            .text("; back to firmware and its next boot entry"));
  }

  // Still here: firmware goes on with its next boot option and must find its memory as it was.
  if (claim.ok())
    give_back(stage, variables, *claim);
  else if (!again)
    variables.withdraw();
  counter.finish();
  return status;
}

}  // namespace
}  // namespace nvresume::efi

// Called by GNU-EFI's start code with the System V convention.
extern "C" EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* system) {
  using namespace nvresume::efi;
  const uint64_t entry_ticks = read_tsc();
  Console console(system->ConOut, *system->BootServices);
  // Before anything else: this line's arrival is where firmware's time ends in every measurement.
  console.print("nvresume: stage " NVRESUME_VERSION);
  Stage stage{image, system, console, entry_ticks, measure_tsc_rate(*system->BootServices)};
  return run(stage);
}
