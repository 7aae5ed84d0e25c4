// SPDX-License-Identifier: GPL-2.0-or-later
// setup_fixture.h: a directory that stands for the root of a machine.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "resume/system_files.h"

namespace nvresume {

class SetupMachine : public testing::Test {
 protected:
  void SetUp() override {
    // In memory where there is such a place: setup syncs after every change.
    const bool has_memory = std::filesystem::is_directory("/dev/shm");
    std::string name = (has_memory ? "/dev/shm/" : testing::TempDir()) + "nvresume-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    root_ = std::make_unique<ScopedSystemRoot>(directory_);
  }
  void TearDown() override {
    root_.reset();
    std::error_code ignored;  // a directory left behind in the temporary directory harms nobody
    std::filesystem::remove_all(directory_, ignored);
  }

  void put(const std::string& path, const std::string& contents) {
    std::filesystem::create_directories(std::filesystem::path(directory_ + path).parent_path());
    std::ofstream(directory_ + path, std::ios::binary) << contents;
  }
  void take_away(const std::string& path) { std::filesystem::remove_all(directory_ + path); }
  std::string contents(const std::string& path) { return read_bytes(path).value_or("(no file)"); }

 private:
  std::string directory_;
  std::unique_ptr<ScopedSystemRoot> root_;
};

/// The error's name and text, for EXPECT_EQ; "ok" where there is none.
template <typename T>
std::string told(const Result<T>& result) {
  if (result.ok()) return "ok";
  return std::string(reason_name(result.error().reason())) + ": " +
         std::string(result.error().text());
}

}  // namespace nvresume
