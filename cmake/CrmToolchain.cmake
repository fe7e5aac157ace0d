# Language level, warnings, sanitizers, ccache and linker: one place for all targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# CMAKE_POSITION_INDEPENDENT_CODE stays unset: libraries and programs are then compiled with the
# same flags (GCC's default PIE), which shared precompiled headers need.

# Everywhere, since some packages ask for it and a precompiled header must be compiled like its users.
add_compile_options(-pthread)

option(CRM_PCH "Use precompiled headers" ON)
option(CRM_UNITY "Compile several sources of a target as one" ON)
set(CRM_SANITIZER "" CACHE STRING "Value for -fsanitize, empty for none")
option(CRM_FUZZ "Build the fuzzer, which needs clang" OFF)
# Another build of the same sources whose libraries are taken: what need not be watched need not be
# compiled a second time.
set(CRM_LIBRARIES_FROM "" CACHE PATH "Build folder of other libraries, empty for none")
set(CRM_LIBRARIES_TAKEN ".*" CACHE STRING "Which of them: a regular expression of their names")
# Preset asan leaves out null and alignment, which ask at each access to a member, a quarter of the
# compiler's time: a null pointer ends the program by a signal that AddressSanitizer explains, and
# nothing here points into bytes as if they were something else. Preset ubsan has them.
set(CRM_SANITIZER_WITHOUT "" CACHE STRING "Checks of CRM_SANITIZER that are left out")
set(CRM_PROGRAMS_TAKEN "" CACHE STRING "Programs that are taken from there too")

# Our own code only; generated code does not get these.
set(CRM_WARNINGS -Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports these for plain std::string concatenation (its bugs 105329 and 105651).
  list(APPEND CRM_WARNINGS -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
                           -Wno-stringop-overread)
endif()

if(CRM_SANITIZER)
  add_compile_options(-fsanitize=${CRM_SANITIZER} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CRM_SANITIZER})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's sanitizer instrumentation makes this one report what is not there.
    list(APPEND CRM_WARNINGS -Wno-maybe-uninitialized)
  endif()
  if(CRM_SANITIZER MATCHES "undefined")
    if(CRM_SANITIZER_WITHOUT)
      add_compile_options(-fno-sanitize=${CRM_SANITIZER_WITHOUT})
    endif()
    add_compile_options(-fno-sanitize-recover=undefined)
  elseif(CRM_SANITIZER MATCHES "overflow")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
  if(CRM_SANITIZER MATCHES "thread")
    # Abseil fences atomics in headers; GCC only notes that it cannot model them.
    list(APPEND CRM_WARNINGS -Wno-tsan)
  endif()
endif()

find_program(CRM_CCACHE ccache)
if(CRM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are cached only with these two allowances (and -fpch-preprocess).
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CRM_CCACHE})
  if(CRM_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_program(CRM_MOLD mold)
if(CRM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set_property(GLOBAL PROPERTY JOB_POOLS crm_link=2)
set(CMAKE_JOB_POOL_LINK crm_link)
