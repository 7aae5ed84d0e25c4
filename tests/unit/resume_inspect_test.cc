// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/inspect.h"

#include <sys/stat.h>

#include "image/attempt_log.h"
#include "resume/extract.h"
#include "resume/json_writer.h"
#include "resume/system_files.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

class Inspect : public testing::Test {
 protected:
  Inspect() : area_(ImageArea::open(range_.area)) {}
  ImageArea& area() { return area_.value(); }
  void save() { ASSERT_TRUE(save_image(area(), range_.swap, make_stream(3), 9).ok()); }
  std::string text() { return inspect_text(report_image(range_.area), nullptr); }

  TestRange range_ = make_formatted_range();
  Result<ImageArea> area_;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Inspect, EmptyRangeHasNoImage) {
  EXPECT_TRUE(contains(text(), "superblock A:  empty, generation 1")) << text();
  const ImageReport report = report_image(range_.area);
  EXPECT_EQ(report.index, nullptr);
  EXPECT_EQ(report.index_error, "");
  const Status verified = verify_chunks(range_.area, report);
  EXPECT_EQ(verified.error().reason(), Reason::kNoImage);
}

TEST_F(Inspect, WholeImageIsVerified) {
  save();
  const ImageReport report = report_image(range_.area);
  ASSERT_NE(report.index, nullptr) << report.index_error;
  const Status verified = verify_chunks(range_.area, report);
  ASSERT_TRUE(verified.ok()) << verified.error().text();
  EXPECT_TRUE(contains(inspect_text(report, &verified), "chunks are whole"));
  EXPECT_TRUE(contains(inspect_json(report, &verified), "\"verify\":{\"ok\":true}"));
  EXPECT_TRUE(contains(inspect_json(report, &verified), "\"state\":\"committed\""));
}

TEST_F(Inspect, DamagedChunkIsNamed) {
  save();
  const ImageReport report = report_image(range_.area);
  ASSERT_NE(report.index, nullptr);
  range_.area.corrupt_byte(report.superblock->slot_offset_bytes + report.entries[2].offset_bytes);
  const Status verified = verify_chunks(range_.area, report);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().reason(), Reason::kChunkCorrupt);
  EXPECT_TRUE(contains(std::string(verified.error().text()), "chunk 2")) << verified.error().text();
}

/// A name nothing has, in a directory of the test's own.
class ExtractedStream : public Inspect {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(directory_), nullptr); }
  void TearDown() override {
    unlink(path_.c_str());
    rmdir(directory_);
  }
  Status extract() { return extract_stream(range_.area, report_image(range_.area), path_.c_str()); }
  char directory_[32] = "/tmp/nvresume-extract-XXXXXX";
  std::string path_ = "";
};

TEST_F(ExtractedStream, IsTheSavedOneAndItsOwnersAlone) {
  save();
  path_ = std::string(directory_) + "/stream";
  const Status extracted = extract();
  ASSERT_TRUE(extracted.ok()) << extracted.error().text();
  const TestStream saved = make_stream(3);
  EXPECT_EQ(read_text_or_empty(path_), std::string(saved.pages.begin(), saved.pages.end()));
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_FALSE(extract().ok()) << "a file that is there stays as it is";
}

TEST_F(ExtractedStream, IsNotLeftBehindWhereAChunkIsDamaged) {
  save();
  path_ = std::string(directory_) + "/stream";
  const ImageReport report = report_image(range_.area);
  range_.area.corrupt_byte(report.superblock->slot_offset_bytes + report.entries[2].offset_bytes);
  const Status extracted = extract();
  ASSERT_FALSE(extracted.ok());
  EXPECT_EQ(extracted.error().reason(), Reason::kChunkCorrupt);
  EXPECT_NE(access(path_.c_str(), F_OK), 0);
}

TEST_F(Inspect, DamagedIndexIsToldAndTheRestToo) {
  save();
  const Superblock superblock = area().superblock();
  range_.area.corrupt_byte(superblock.slot_offset_bytes + superblock.index.offset_bytes + 4100);
  EXPECT_TRUE(contains(text(), "chunk index:   damaged")) << text();
  EXPECT_TRUE(contains(text(), "saved:"));
}

TEST_F(Inspect, OneDamagedCopyIsToldAndNotRepaired) {
  save();
  range_.area.corrupt_byte(kSuperblockBOffset + 100);
  EXPECT_TRUE(contains(text(), "superblock B:  does not count")) << text();
  EXPECT_TRUE(contains(text(), "superblock B:  does not count")) << "looking changes nothing";
  EXPECT_TRUE(contains(text(), "state:         committed"));
}

TEST_F(Inspect, BothDamagedCopiesAreAnAnswerToo) {
  range_.area.corrupt_byte(kSuperblockAOffset + 100);
  range_.area.corrupt_byte(kSuperblockBOffset + 100);
  const ImageReport report = report_image(range_.area);
  EXPECT_FALSE(report.superblock.has_value());
  EXPECT_NE(report.superblock_error, "");
  EXPECT_TRUE(contains(inspect_json(report, nullptr), "superblock_error"));
}

TEST_F(Inspect, BlankRangeIsAnAnswerToo) {
  FakeNvm blank(kTestGeometry.image_bytes);
  EXPECT_FALSE(report_image(blank).superblock.has_value());
  FakeNvm tiny(4096);
  EXPECT_FALSE(report_image(tiny).superblock.has_value());
}

TEST_F(Inspect, FailedImageSaysWhy) {
  save();
  ASSERT_TRUE(drop_image(area(), range_.swap, Reason::kOtherBoot).ok());
  EXPECT_TRUE(contains(text(), "failed: other-boot: another boot happened")) << text();
}

TEST_F(Inspect, AttemptsAreListedOldestFirst) {
  auto log = AttemptLog::open(range_.area);
  ASSERT_TRUE(log.ok());
  for (const AttemptKind kind : {AttemptKind::kSave, AttemptKind::kResume}) {
    AttemptRecord record = log->begin(kind);
    record.outcome = static_cast<uint32_t>(AttemptOutcome::kDone);
    add_phase(record, "freeze", 250000000);
    ASSERT_TRUE(log->store(record).ok());
  }
  EXPECT_LT(text().find("attempt 1:"), text().find("attempt 2:"));
  EXPECT_TRUE(contains(text(), "freeze 0.25 s"));
}

TEST(JsonWriter, TextIsEscaped) {
  JsonWriter json;
  json.open_object();
  json.add("a\"b", "c\\d\n\x01");
  json.open_array("list");
  json.add({}, uint64_t{18446744073709551615u});
  json.add({}, true);
  json.close_array();
  json.add("seconds", 1.5);
  json.close_object();
  EXPECT_EQ(json.text(),
            "{\"a\\\"b\":\"c\\\\d\\u000a\\u0001\",\"list\":[18446744073709551615,true],"
            "\"seconds\":1.500000}");
}

}  // namespace
}  // namespace nvresume
