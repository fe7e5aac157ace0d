# Everything comes from Debian's packages; deploy/local/packages lists them.

set(CMAKE_THREAD_PREFER_PTHREAD ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(RapidJSON CONFIG REQUIRED)  # headers only, where the compiler looks anyway
find_package(yaml-cpp CONFIG REQUIRED)

pkg_check_modules(libpqxx REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(rhonabwy REQUIRED IMPORTED_TARGET librhonabwy)
# Its -D_FILE_OFFSET_BITS=64 changes nothing on 64 bits but keeps precompiled headers from being used.
set_property(TARGET PkgConfig::hiredis PROPERTY INTERFACE_COMPILE_OPTIONS "")
add_library(crm::pqxx ALIAS PkgConfig::libpqxx)
add_library(crm::pq ALIAS PkgConfig::libpq)
add_library(crm::hiredis ALIAS PkgConfig::hiredis)
add_library(crm::rhonabwy ALIAS PkgConfig::rhonabwy)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl)
add_library(crm::curl ALIAS PkgConfig::libcurl)
pkg_check_modules(libidn2 REQUIRED IMPORTED_TARGET libidn2)
add_library(crm::idn2 ALIAS PkgConfig::libidn2)

# These two ship neither CMake nor pkg-config files. They are needed by single services,
# which link the alias.
foreach(name IN ITEMS phonenumber csv)
  find_library(CRM_LIB_${name} ${name})
  if(CRM_LIB_${name})
    add_library(crm_${name} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(crm_${name} INTERFACE ${CRM_LIB_${name}})
    add_library(crm::${name} ALIAS crm_${name})
  endif()
endforeach()

find_program(CRM_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
find_package(Python3 COMPONENTS Interpreter REQUIRED)

# Debian 12 has OpenTelemetry in its backports only; deploy/local/packages/opentelemetry unpacks it.
# Its own CMake files search for more than is needed here.
set(root ${CMAKE_SOURCE_DIR}/build/packages/opentelemetry/usr)
find_path(CRM_OPENTELEMETRY_INCLUDE opentelemetry/exporters/otlp/otlp_grpc_exporter_factory.h
          PATHS ${root}/include)
set(CRM_OPENTELEMETRY OFF)
if(CRM_OPENTELEMETRY_INCLUDE)
  set(CRM_OPENTELEMETRY ON)
  add_library(crm_opentelemetry INTERFACE IMPORTED GLOBAL)
  add_library(crm::opentelemetry ALIAS crm_opentelemetry)
  target_include_directories(crm_opentelemetry SYSTEM INTERFACE ${CRM_OPENTELEMETRY_INCLUDE})
  # Not new: the libraries' own dependencies are found by the program's path too.
  target_link_options(crm_opentelemetry INTERFACE LINKER:--disable-new-dtags)
  foreach(part IN ITEMS exporter_otlp_grpc exporter_otlp_grpc_client otlp_recordable proto_grpc proto
                        trace logs resources common)
    find_library(CRM_LIB_opentelemetry_${part} opentelemetry_${part}
                 PATHS ${root}/lib/${CMAKE_LIBRARY_ARCHITECTURE} REQUIRED)
    target_link_libraries(crm_opentelemetry INTERFACE ${CRM_LIB_opentelemetry_${part}})
  endforeach()
else()
  message(STATUS "OpenTelemetry is not there: building without traces")
endif()
