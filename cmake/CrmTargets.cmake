# crm_library(NAME SRCS file... [DEPS target...] [GRPC])
#   A static library of our own code (an INTERFACE library when SRCS is empty).
# crm_executable(NAME SRCS file... [DEPS target...] [GRPC])
#   A program, placed in ${CMAKE_BINARY_DIR}/bin and installed.
# crm_test(NAME LABEL unit|contract|integration|e2e SRCS file... [DEPS target...] [GRPC]
#          [TIMEOUT seconds] [ENV name=value...] [SERIAL])
#   A GoogleTest program, run as one ctest entry with the label; what its callers are told by servers is
#   looked through (tests/support/call_errors.cc). SERIAL: never beside another test.
#   TIMEOUT: 300 unless given, several times what any of these takes on a slow machine.
# crm_add_subfolders()
#   Adds every direct subfolder that has a CMakeLists.txt; new ones are noticed by the build.
# GRPC: the sources include gRPC or protobuf headers; they share one precompiled header.
# CRM_UNITY: several sources of a target are compiled as one, so that headers and the templates in them
# cost once. Names in unnamed namespaces are then unique within a target.
# CRM_TEST_OPTIONS: compiler options of test programs alone, such as a lower optimisation: nothing in
# them is measured or ships, and they are half of what is compiled.

# Shared precompiled headers: compiled once, reused by every target of the kind.
function(crm_define_pch name)
  cmake_parse_arguments(arg "" "" "HEADERS;DEPS;OPTIONS" ${ARGN})
  set(source ${CMAKE_BINARY_DIR}/pch/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "namespace crm { int ${name}_anchor() { return 0; } }\n")
  add_library(${name} STATIC ${source})
  target_link_libraries(${name} PUBLIC ${arg_DEPS})
  target_compile_options(${name} PRIVATE ${CRM_WARNINGS} ${arg_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

if(CRM_PCH)
  crm_define_pch(crm_pch_plain
    HEADERS <algorithm> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional>
            <string> <thread> <utility> <vector> <absl/status/statusor.h> <absl/strings/str_cat.h>
            <absl/time/time.h> <absl/types/span.h> <absl/container/flat_hash_map.h>
            <absl/synchronization/mutex.h>
    DEPS absl::statusor absl::strings absl::time absl::span absl::flat_hash_map
         absl::synchronization Threads::Threads)
  crm_define_pch(crm_pch_grpc
    HEADERS <algorithm> <atomic> <functional> <memory> <optional> <string> <utility> <vector>
            <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/time/time.h>
            <absl/types/span.h> <absl/synchronization/mutex.h> <grpcpp/grpcpp.h>
            <google/protobuf/message.h>
    DEPS gRPC::grpc++ protobuf::libprotobuf absl::statusor absl::strings absl::time absl::span
         absl::synchronization Threads::Threads)
  crm_define_pch(crm_pch_gtest
    OPTIONS ${CRM_TEST_OPTIONS}
    HEADERS <algorithm> <functional> <memory> <optional> <string> <utility> <vector>
            <gtest/gtest.h> <gmock/gmock.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
            <absl/time/time.h>
    DEPS GTest::gtest GTest::gmock absl::statusor absl::strings absl::time Threads::Threads)
  crm_define_pch(crm_pch_gtest_grpc
    OPTIONS ${CRM_TEST_OPTIONS}
    HEADERS <algorithm> <functional> <memory> <optional> <string> <utility> <vector>
            <gtest/gtest.h> <gmock/gmock.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
            <absl/time/time.h> <grpcpp/grpcpp.h> <google/protobuf/message.h>
    DEPS gRPC::grpc++ protobuf::libprotobuf GTest::gtest GTest::gmock absl::statusor absl::strings
         absl::time Threads::Threads)
endif()

if(CRM_SANITIZER MATCHES "thread")
  add_library(crm_tsan_absl OBJECT ${CMAKE_CURRENT_LIST_DIR}/tsan_absl.cc)
  target_link_libraries(crm_tsan_absl PUBLIC absl::synchronization ${CMAKE_DL_LIBS})
endif()

# Programs of the tsan preset learn about Abseil's locks.
function(crm_explain_locks name)
  if(TARGET crm_tsan_absl)
    target_link_libraries(${name} PRIVATE crm_tsan_absl)
  endif()
endfunction()

function(crm_set_up_target name pch)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${CRM_WARNINGS})
  target_link_libraries(${name} PUBLIC ${arg_DEPS} Threads::Threads)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${CRM_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  if(CRM_PCH)
    target_link_libraries(${name} PRIVATE ${pch})
    target_precompile_headers(${name} REUSE_FROM ${pch})
  endif()
endfunction()

# The libraries that a fuzzer watches: they read what comes from outside.
set(CRM_FUZZED crm_auth crm_base crm_error crm_rpc crm_stage crm_import crm_pipeline_file crm_fuzz_targets)

# crm_use_built(NAME RESULT INCLUDE folder DEPS target...)
#   RESULT: whether NAME is taken from the build in CRM_LIBRARIES_FROM; then it is made known.
function(crm_use_built name result)
  cmake_parse_arguments(arg "" "INCLUDE" "DEPS" ${ARGN})
  set(${result} OFF PARENT_SCOPE)
  if(NOT CRM_LIBRARIES_FROM OR NOT name MATCHES "${CRM_LIBRARIES_TAKEN}" OR
     (CRM_FUZZ AND name IN_LIST CRM_FUZZED))
    return()
  endif()
  file(RELATIVE_PATH folder ${CMAKE_BINARY_DIR} ${CMAKE_CURRENT_BINARY_DIR})
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION ${CRM_LIBRARIES_FROM}/${folder}/lib${name}.a)
  target_include_directories(${name} INTERFACE ${arg_INCLUDE})
  target_link_libraries(${name} INTERFACE ${arg_DEPS} Threads::Threads)
  set(${result} ON PARENT_SCOPE)
endfunction()

function(crm_library name)
  cmake_parse_arguments(arg "GRPC" "" "SRCS;DEPS" ${ARGN})
  if(NOT arg_SRCS)
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${arg_DEPS})
    return()
  endif()
  crm_use_built(${name} built INCLUDE ${CMAKE_SOURCE_DIR} DEPS ${arg_DEPS})
  if(built)
    return()
  endif()
  add_library(${name} STATIC ${arg_SRCS})
  set(pch crm_pch_plain)
  if(arg_GRPC)
    set(pch crm_pch_grpc)
  endif()
  crm_set_up_target(${name} ${pch} DEPS ${arg_DEPS})
endfunction()

# crm_programs: what ships. crm_tests_<label>: what the tests of the label need.
add_custom_target(crm_programs)
foreach(label unit contract integration e2e fault install images observability)
  add_custom_target(crm_tests_${label})
endforeach()
foreach(label e2e fault install images observability)
  add_dependencies(crm_tests_${label} crm_programs)
endforeach()

function(crm_executable name)
  cmake_parse_arguments(arg "GRPC" "" "SRCS;DEPS" ${ARGN})
  if(name IN_LIST CRM_PROGRAMS_TAKEN)
    add_custom_target(${name} COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/bin
                      COMMAND ${CMAKE_COMMAND} -E create_symlink ${CRM_LIBRARIES_FROM}/bin/${name}
                              ${CMAKE_BINARY_DIR}/bin/${name})
    add_dependencies(crm_programs ${name})
    return()
  endif()
  add_executable(${name} ${arg_SRCS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  set(pch crm_pch_plain)
  if(arg_GRPC)
    set(pch crm_pch_grpc)
  endif()
  crm_set_up_target(${name} ${pch} DEPS ${arg_DEPS})
  crm_explain_locks(${name})
  add_dependencies(crm_programs ${name})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

set(CRM_TSAN_SUPPRESSIONS ${CMAKE_SOURCE_DIR}/cmake/tsan.supp)

function(crm_test name)
  cmake_parse_arguments(arg "GRPC;SERIAL" "LABEL;TIMEOUT" "SRCS;DEPS;ENV" ${ARGN})
  if(NOT arg_LABEL)
    message(FATAL_ERROR "crm_test(${name}) needs a LABEL")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SRCS})
  set(pch crm_pch_gtest)
  if(arg_GRPC)
    set(pch crm_pch_gtest_grpc)
  endif()
  crm_set_up_target(${name} ${pch} DEPS ${arg_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${CRM_TEST_OPTIONS})
  if(arg_GRPC AND NOT arg_LABEL STREQUAL unit)
    target_link_libraries(${name} PRIVATE crm_test_call_errors)
  endif()
  crm_explain_locks(${name})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_dependencies(crm_tests_${arg_LABEL} ${name})
  set_tests_properties(${name} PROPERTIES
    LABELS ${arg_LABEL}
    TIMEOUT ${arg_TIMEOUT}
    COST ${arg_TIMEOUT}  # the long ones begin first
    ENVIRONMENT "CRM_BINARY_DIR=${CMAKE_BINARY_DIR};CRM_SOURCE_DIR=${CMAKE_SOURCE_DIR};TSAN_OPTIONS=suppressions=${CRM_TSAN_SUPPRESSIONS};LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0;${arg_ENV}")
  if(arg_SERIAL)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()

function(crm_add_subfolders)
  file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(list IN LISTS lists)
    cmake_path(GET list PARENT_PATH folder)
    add_subdirectory(${folder})
  endforeach()
endfunction()
